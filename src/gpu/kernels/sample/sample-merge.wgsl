// Merges the tiles' draws of the head (output-sample.wgsl) into tokens: one workgroup a row.
//
// records [count, tiles]; tokens [samples * length]: the token goes to the row it was drawn for;
// drawn [all entries of rows]: (row, token, bits of its probability, bits of the entropy in nats), both of
// softmax(logits / T) over real tokens.
// The probability needs the drawn token's logit, which is its score with the noise taken away again.
// Put behind random.wgsl, selection.wgsl, record.wgsl and merge-tiles.wgsl.

struct Shape { tiles: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> records: array<Record>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> drawn: array<vec4<u32>>;
@group(0) @binding(5) var<uniform> selection: Selection;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let best = merge_tiles(thread, group.x * shape.tiles, shape.tiles);
  if (thread > 0u) { return; }
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
