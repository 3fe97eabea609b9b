// What the positions of one text read in one head: softmax(q k^T / sqrt(HEAD_SIZE)), stored, for inspection. A forward pass never
// needs these weights (attention.wgsl stores none of them) and nothing is computed from them.
//
// In:  qkv [length, 3, heads, HEAD_SIZE] f32, q and k rotated.
// Out: weights [length, length] f32, row-major. Row i is of query i and sums to 1; CAUSAL: it is 0 behind key i.
// A workgroup takes a query, a thread every THREADS-th key. A score lies where its weight will be until the largest of the row
// is known, and only its own thread reads it again: the text may have any length. The largest score is subtracted before exp,
// so that no score overflows and the sum is at least 1. Dispatch (length).
// Limits   HEAD_SIZE % 4 == 0 and <= 4 * THREADS; length <= 65535. Put behind reduce.wgsl.

override HEAD_SIZE: u32 = 64u;
override CAUSAL: bool = false;

const SIZE4: u32 = HEAD_SIZE / 4u;

struct Shape { heads: u32, head: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;

var<workgroup> query: array<vec4<f32>, SIZE4>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let width = shape.heads * SIZE4;
  let row = 3u * width;
  let own_head = shape.head * SIZE4;
  let first = group.x * shape.length;
  // One past the last key that this query sees.
  let end = select(shape.length, group.x + 1u, CAUSAL);

  if (thread < SIZE4) { query[thread] = inverseSqrt(f32(HEAD_SIZE)) * qkv[group.x * row + own_head + thread]; }
  workgroupBarrier();

  var lane_largest = LOWEST;
  for (var key = thread; key < end; key += THREADS) {
    let at = key * row + width + own_head;
    var score = 0.0;
    for (var c = 0u; c < SIZE4; c++) { score += dot(query[c], qkv[at + c]); }
    weights[first + key] = score;
    lane_largest = max(lane_largest, score);
  }
  let largest = largest_of(thread, lane_largest);

  var lane_total = 0.0;
  for (var key = thread; key < end; key += THREADS) {
    let weight = exp(weights[first + key] - largest);
    weights[first + key] = weight;
    lane_total += weight;
  }
  let total = total_of(thread, vec3<f32>(lane_total, 0.0, 0.0)).x;

  for (var key = thread; key < shape.length; key += THREADS) {
    weights[first + key] = select(0.0, weights[first + key] / total, key < end);
  }
}
