// Merges the tiles' draws of the head (output-sample.wgsl) into tokens: one workgroup a row.
//
// records [count, tiles]; tokens [samples * length]: the token goes to the row it was drawn for;
// drawn [all entries of rows]: (row, token, bits of its probability, bits of the entropy in nats), both of
// softmax(logits / T) over real tokens.
// The probability needs the drawn token's logit, which is its score with the noise taken away again.
// Put behind random.wgsl, selection.wgsl and record.wgsl.

struct Shape { tiles: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> records: array<Record>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> drawn: array<vec4<u32>>;
@group(0) @binding(5) var<uniform> selection: Selection;

const THREADS: u32 = 64u;
// The lanes are merged in two rounds of 8, for the sake of few barriers.
const GROUP: u32 = 8u;

var<workgroup> lanes: array<Record, THREADS>;
var<workgroup> groups: array<Record, GROUP>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  var best = NOTHING;
  for (var tile = thread; tile < shape.tiles; tile += THREADS) { best = merge(best, records[group.x * shape.tiles + tile]); }
  lanes[thread] = best;
  workgroupBarrier();
  if (thread < GROUP) {
    best = lanes[thread * GROUP];
    for (var i = 1u; i < GROUP; i++) { best = merge(best, lanes[thread * GROUP + i]); }
    groups[thread] = best;
  }
  workgroupBarrier();
  if (thread > 0u) { return; }
  for (var i = 1u; i < GROUP; i++) { best = merge(best, groups[i]); }
  let token = u32(best.token);
  let entry = rows[selection.start + group.x];
  let row = row_of(entry);
  var logit = best.score;
  if (is_noisy(entry)) {
    let sample_index = selection.first_sample + row / shape.length;
    let pair = token_bits_pair(selection.seed, sample_index, row % shape.length, selection.draw, token / 2u);
    logit += log_exponential(pair[token % 2u]);
  }
  let p = min(exp(logit - best.largest) / best.sum, 1.0);
  // WGSL lets log(1) be a little below 0.
  let entropy = max(log(best.sum) + best.spread / best.sum, 0.0);
  tokens[row] = token;
  drawn[selection.start + group.x] = vec4<u32>(row, token, bitcast<u32>(p), bitcast<u32>(entropy));
}
