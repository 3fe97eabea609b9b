// Attention in one kernel: softmax(q k^T / sqrt(HEAD_SIZE)) v of one head and QUERIES queries a workgroup, for the queries of a
// span. Bidirectional: keys are all of the text. CAUSAL: those up to the query's own position, all of which have been written
// to qkv, by this pass or by earlier ones.
//
// In:  qkv [samples * length, 3, heads, HEAD_SIZE] f32, q and k rotated.
// Out: y [samples * length, heads, HEAD_SIZE].
// Keys pass by in tiles of KEYS with a running softmax (FlashAttention, arXiv 2205.14135, section 3.1): nothing of size
// length x length is stored, so length is bounded by the model alone. Dispatch (ceil(count / QUERIES), heads, samples).
// Put with span.wgsl, and with save-none.wgsl or save-lse.wgsl.
//
// Eight lanes share QUERIES_PER_THREAD queries: for the scores each takes every eighth key, for the sums over v every
// eighth vec4 of the head.
// Limits   HEAD_SIZE % 4 == 0 and <= 128; KEYS % 8 == 0; QUERIES % QUERIES_PER_THREAD == 0; 16 KiB of workgroup memory
//          hold (QUERIES + KEYS) * (HEAD_SIZE + 4) + QUERIES * (KEYS + 8) floats.

override HEAD_SIZE: u32 = 64u;
override QUERIES: u32 = 8u;
override KEYS: u32 = 32u;
override QUERIES_PER_THREAD: u32 = 1u;
override CAUSAL: bool = false;
// Derived, and given with the others (attention.ts) since they bound loops that are written out: keys of a lane in a tile, and
// vec4 of the head that it sums.
override KEYS_PER_LANE: u32 = 4u;
override OUTPUTS: u32 = 2u;

const LANES: u32 = 8u;
const SIZE4: u32 = HEAD_SIZE / 4u;
// One vec4 of padding moves neighbouring rows to other banks.
const ROW: u32 = SIZE4 + 1u;
const THREADS: u32 = QUERIES / QUERIES_PER_THREAD * LANES;
// Smaller than any score; exp of it is 0, and the difference of two is 0.
const LOWEST: f32 = -1.0e30;

struct Shape { heads: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> span: Span;

var<workgroup> queries: array<vec4<f32>, QUERIES * ROW>;
// Holds a tile of keys, then the tile of values.
var<workgroup> tile: array<vec4<f32>, KEYS * ROW>;
var<workgroup> weights: array<f32, QUERIES * KEYS>;
// Largest score, later the sum of weights, of each lane.
var<workgroup> lanes: array<f32, QUERIES * LANES>;

fn load_tile(thread: u32, first: u32, end: u32, base: u32, part: u32) {
  for (var i = thread; i < KEYS * SIZE4; i += THREADS) {
    let j = i / SIZE4;
    var value = vec4<f32>(0.0);
    if (first + j < end) { value = qkv[base + (first + j) * 3u * shape.heads * SIZE4 + part + i % SIZE4]; }
    tile[j * ROW + i % SIZE4] = value;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = thread % LANES;
  let query0 = thread / LANES * QUERIES_PER_THREAD;
  // Positions of the first query, and one past the last query and the last key.
  let first_query = span.first + group.x * QUERIES;
  let query_end = span.first + span.count;
  let key_end = select(span.length, min(first_query + QUERIES, query_end), CAUSAL);
  let width = shape.heads * SIZE4;
  let base = group.z * span.length * 3u * width;
  let head = group.y * SIZE4;

  let scale = inverseSqrt(f32(HEAD_SIZE));
  for (var i = thread; i < QUERIES * SIZE4; i += THREADS) {
    let row = first_query + i / SIZE4;
    var value = vec4<f32>(0.0);
    if (row < query_end) { value = scale * qkv[base + row * 3u * width + head + i % SIZE4]; }
    queries[i / SIZE4 * ROW + i % SIZE4] = value;
  }

  var largest: array<f32, QUERIES_PER_THREAD>;
  var total: array<f32, QUERIES_PER_THREAD>;
  var sums: array<array<vec4<f32>, OUTPUTS>, QUERIES_PER_THREAD>;
  for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
    largest[q] = LOWEST;
    total[q] = 0.0;
    for (var i = 0u; i < OUTPUTS; i++) { // unroll
      sums[q][i] = vec4<f32>(0.0);
    }
  }

  for (var first = 0u; first < key_end; first += KEYS) {
    load_tile(thread, first, key_end, base, width + head);
    workgroupBarrier();

    var scores: array<array<f32, KEYS_PER_LANE>, QUERIES_PER_THREAD>;
    for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
      for (var j = 0u; j < KEYS_PER_LANE; j++) { // unroll
        scores[q][j] = 0.0;
      }
    }
    for (var c = 0u; c < SIZE4; c++) {
      for (var j = 0u; j < KEYS_PER_LANE; j++) { // unroll
        let key = tile[(lane + j * LANES) * ROW + c];
        for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
          scores[q][j] += dot(queries[(query0 + q) * ROW + c], key);
        }
      }
    }
    for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
      var lane_largest = LOWEST;
      for (var j = 0u; j < KEYS_PER_LANE; j++) { // unroll
        let key = first + lane + j * LANES;
        if (key >= key_end || (CAUSAL && key > first_query + query0 + q)) { scores[q][j] = LOWEST; }
        lane_largest = max(lane_largest, scores[q][j]);
      }
      lanes[(query0 + q) * LANES + lane] = lane_largest;
    }
    workgroupBarrier();

    load_tile(thread, first, key_end, base, 2u * width + head);
    for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
      var now = largest[q];
      for (var i = 0u; i < LANES; i++) { now = max(now, lanes[(query0 + q) * LANES + i]); }
      let shrink = exp(largest[q] - now);
      largest[q] = now;
      total[q] *= shrink;
      for (var i = 0u; i < OUTPUTS; i++) { // unroll
        sums[q][i] *= shrink;
      }
      for (var j = 0u; j < KEYS_PER_LANE; j++) { // unroll
        // A key that is not for this query scores LOWEST, so its weight is 0: the first key is for all queries.
        let weight = exp(scores[q][j] - now);
        total[q] += weight;
        weights[(query0 + q) * KEYS + lane + j * LANES] = weight;
      }
    }
    workgroupBarrier();

    for (var j = 0u; j < KEYS; j++) {
      for (var i = 0u; i < OUTPUTS; i++) { // unroll
        let c = lane + i * LANES;
        if (c < SIZE4) {
          let value = tile[j * ROW + c];
          for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
            sums[q][i] += weights[(query0 + q) * KEYS + j] * value;
          }
        }
      }
    }
    workgroupBarrier();
  }

  for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
    lanes[(query0 + q) * LANES + lane] = total[q];
  }
  workgroupBarrier();
  for (var q = 0u; q < QUERIES_PER_THREAD; q++) { // unroll
    let row = first_query + query0 + q;
    if (row < query_end) {
      var sum = 0.0;
      for (var i = 0u; i < LANES; i++) { sum += lanes[(query0 + q) * LANES + i]; }
      if (lane == 0u) { save((group.z * span.length + row) * shape.heads + group.y, largest[q], sum); }
      for (var i = 0u; i < OUTPUTS; i++) { // unroll
        let c = lane + i * LANES;
        if (c < SIZE4) { y[(group.z * span.length + row) * width + head + c] = sums[q][i] / sum; }
      }
    }
  }
}
