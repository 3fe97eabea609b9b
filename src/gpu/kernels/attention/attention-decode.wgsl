// Attention of a decoding step: softmax(q k^T / sqrt(HEAD_SIZE)) v of one head and one query, that of position span.first, over
// the keys up to that position. They are the cache: rows of qkv that this pass and earlier ones have written.
//
// In:  qkv [samples * length, 3, heads, HEAD_SIZE] f32, q and k rotated.
// Out: y [samples * length, heads, HEAD_SIZE], row span.first of each sample.
// One query gives a tile of keys nothing to be shared by, so keys and values are read straight from storage: for the scores a
// thread takes a key, for the sums over v a vec4 of the head and every GROUPS-th key. Keys pass by in chunks of KEYS with a running softmax, so that
// the length is bounded by the model alone. Dispatch (1, heads, samples).
// Limits   HEAD_SIZE % 4 == 0 and <= 4 * THREADS. Put with span.wgsl.

override HEAD_SIZE: u32 = 64u;
override THREADS: u32 = 128u;
override KEYS: u32 = 512u;

const SIZE4: u32 = HEAD_SIZE / 4u;
// Keys whose values are added up at a time.
const GROUPS: u32 = THREADS / SIZE4;
// Smaller than any score; exp of it is 0.
const LOWEST: f32 = -1.0e30;

struct Shape { heads: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> span: Span;

var<workgroup> query: array<vec4<f32>, SIZE4>;
// Scores of a chunk, then their weights.
var<workgroup> weights: array<f32, KEYS>;
// Largest score of each thread, later its sum of weights.
var<workgroup> lanes: array<f32, THREADS>;
var<workgroup> sums: array<vec4<f32>, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let width = shape.heads * SIZE4;
  let row = 3u * width;
  let base = group.z * span.length * row + group.y * SIZE4;
  let key_end = span.first + 1u;
  if (thread < SIZE4) { query[thread] = inverseSqrt(f32(HEAD_SIZE)) * qkv[base + span.first * row + thread]; }
  workgroupBarrier();

  var largest = LOWEST;
  var total = 0.0;
  var sum = vec4<f32>(0.0);
  for (var first = 0u; first < key_end; first += KEYS) {
    let end = min(first + KEYS, key_end);
    var own = LOWEST;
    for (var key = first + thread; key < end; key += THREADS) {
      let at = base + key * row + width;
      var score = 0.0;
      for (var c = 0u; c < SIZE4; c++) { score += dot(query[c], qkv[at + c]); }
      weights[key - first] = score;
      own = max(own, score);
    }
    lanes[thread] = own;
    workgroupBarrier();
    var now = largest;
    // Threads past the keys of a chunk have none.
    let used = min(end - first, THREADS);
    for (var i = 0u; i < used; i++) { now = max(now, lanes[i]); }
    let shrink = exp(largest - now);
    largest = now;
    total *= shrink;
    sum *= shrink;
    for (var key = first + thread; key < end; key += THREADS) {
      let weight = exp(weights[key - first] - now);
      weights[key - first] = weight;
      total += weight;
    }
    workgroupBarrier();
    if (thread < GROUPS * SIZE4) {
      for (var key = first + thread / SIZE4; key < end; key += GROUPS) {
        sum += weights[key - first] * qkv[base + key * row + 2u * width + thread % SIZE4];
      }
    }
    workgroupBarrier();
  }

  lanes[thread] = total;
  sums[thread] = sum;
  workgroupBarrier();
  if (thread < SIZE4) {
    var all = 0.0;
    for (var i = 0u; i < min(key_end, THREADS); i++) { all += lanes[i]; }
    var value = sums[thread];
    for (var g = 1u; g < GROUPS; g++) { value += sums[g * SIZE4 + thread]; }
    y[(group.z * span.length + span.first) * width + group.y * SIZE4 + thread] = value / all;
  }
}
