// Backward of attention.wgsl, by scores computed once more from the log-sum-exp that the forward pass kept
// (FlashAttention-2, arXiv 2307.08691, section 3.2): nothing of size length x length is stored. With s = q k / sqrt(HEAD_SIZE),
// p = exp(s - lse), dp = dy v, delta = dy y and ds = p (dp - delta), for each query and key:
//   dq = sum over keys of ds k / sqrt(HEAD_SIZE), dk = sum over queries of ds q / sqrt(HEAD_SIZE), dv = sum over queries of p dy.
// Put with backward-shape.wgsl, and with side-query.wgsl, whose workgroups have ROWS queries each and let keys pass by in
// tiles of TILE, or side-key.wgsl, with ROWS keys each, by which queries pass. Run the side of queries first: it leaves
// delta for the other.
//
// In:  qkv [samples * length, 3, heads, HEAD_SIZE] f32, q and k rotated; dy [samples * length, heads, HEAD_SIZE]; lse
//      [samples * length, heads], natural log; angles [length, HEAD_SIZE / 2]: (cos, sin) of the pairs (i, i + HEAD_SIZE / 2).
// Out: dqkv, shaped as qkv: the side of queries writes its first part, that of keys the others. dq and dk are rotated back
//      (times the transpose of the rotation), so that they are gradients of the projection's output.
// CAUSAL: a query sees the keys up to its own position. Texts are passed over whole.
// Dispatch (ceil(length / ROWS), heads, samples).
//
// Eight lanes share ROWS_PER_THREAD rows: for the products each takes every eighth row of the tile, for the sums every eighth
// vec4 of the head. Sums run in the order of the rows.
// Limits   HEAD_SIZE % 4 == 0 and <= 128; TILE % 8 == 0; ROWS % ROWS_PER_THREAD == 0; 16 KiB of workgroup memory hold
//          (2 ROWS + TILE) * (HEAD_SIZE + 4) + ROWS * TILE + 2 max(ROWS, TILE) floats.

override ROWS: u32 = 8u;
override TILE: u32 = 16u;
override ROWS_PER_THREAD: u32 = 1u;
// Derived, and given with the others since they bound loops that are written out: tile rows of a lane, vec4 that it sums.
override TILE_PER_LANE: u32 = 2u;
override OUTPUTS: u32 = 2u;
// Queries at hand: at most max(ROWS, TILE).
override STATS: u32 = 16u;

const LANES: u32 = 8u;
// One vec4 of padding moves neighbouring rows to other banks.
const ROW: u32 = SIZE4 + 1u;
const THREADS: u32 = ROWS / ROWS_PER_THREAD * LANES;

// The rows of a workgroup: of keys k and v, of queries q and dy; the first times 1 / sqrt(HEAD_SIZE).
var<workgroup> own: array<vec4<f32>, ROWS * ROW>;
var<workgroup> own_other: array<vec4<f32>, ROWS * ROW>;
// Of the rows that pass by: first what dp is made of, then what s is.
var<workgroup> tile: array<vec4<f32>, TILE * ROW>;
var<workgroup> weights: array<f32, ROWS * TILE>;
// lse and delta of the queries at hand.
var<workgroup> stats: array<vec2<f32>, STATS>;

fn rotated(row: u32, i: u32) -> f32 { return own[row * ROW + i / 4u][i % 4u]; }

// delta of the workgroup's own queries: an eighth of each dot product a thread first. TILE is at least as wide.
fn own_stats(thread: u32, head: Head, first: u32) {
  for (var i = thread; i < ROWS * LANES; i += THREADS) {
    let row = i / LANES;
    var sum = 0.0;
    if (first + row < shape.length) {
      for (var c = i % LANES; c < SIZE4; c += LANES) {
        sum += dot(own_other[row * ROW + c], y_at(head, first + row, c));
      }
    }
    weights[i] = sum;
  }
  workgroupBarrier();
  for (var row = thread; row < ROWS; row += THREADS) {
    if (first + row < shape.length) {
      var sum = 0.0;
      for (var i = 0u; i < LANES; i++) { sum += weights[row * LANES + i]; }
      let at = entry(head, first + row);
      keep_delta(at, sum);
      stats[row] = vec2<f32>(lse[at], sum);
    }
  }
  workgroupBarrier();
}

fn passing_stats(thread: u32, head: Head, first: u32, end: u32) {
  for (var i = thread; i < TILE; i += THREADS) {
    if (first + i < end) {
      let at = entry(head, first + i);
      stats[i] = vec2<f32>(lse[at], delta[at]);
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = thread % LANES;
  let row0 = thread / LANES * ROWS_PER_THREAD;
  let first_own = group.x * ROWS;
  let head = head_of(group);
  let scale = inverseSqrt(f32(HEAD_SIZE));

  for (var i = thread; i < ROWS * SIZE4; i += THREADS) {
    let position = first_own + i / SIZE4;
    let at = i / SIZE4 * ROW + i % SIZE4;
    var a = vec4<f32>(0.0);
    var b = vec4<f32>(0.0);
    if (position < shape.length) {
      a = scale * own_score(head, position, i % SIZE4);
      b = own_weight(head, position, i % SIZE4);
    }
    own[at] = a;
    own_other[at] = b;
  }
  workgroupBarrier();
  if (!OF_KEYS) { own_stats(thread, head, first_own); }

  var sums: array<array<vec4<f32>, OUTPUTS>, ROWS_PER_THREAD>;
  var value_sums: array<array<vec4<f32>, OUTPUTS>, ROWS_PER_THREAD>;
  for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
    for (var i = 0u; i < OUTPUTS; i++) { // unroll
      sums[q][i] = vec4<f32>(0.0);
      value_sums[q][i] = vec4<f32>(0.0);
    }
  }

  let end = passing_end(first_own + ROWS);
  for (var first = passing_begin(first_own); first < end; first += TILE) {
    for (var i = thread; i < TILE * SIZE4; i += THREADS) {
      var value = vec4<f32>(0.0);
      if (first + i / SIZE4 < end) { value = passing_weight(head, first + i / SIZE4, i % SIZE4); }
      tile[i / SIZE4 * ROW + i % SIZE4] = value;
    }
    if (OF_KEYS) { passing_stats(thread, head, first, end); }
    workgroupBarrier();

    var gradients: array<array<f32, TILE_PER_LANE>, ROWS_PER_THREAD>;
    var scores: array<array<f32, TILE_PER_LANE>, ROWS_PER_THREAD>;
    for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
      for (var j = 0u; j < TILE_PER_LANE; j++) { // unroll
        gradients[q][j] = 0.0;
        scores[q][j] = 0.0;
      }
    }
    for (var c = 0u; c < SIZE4; c++) {
      for (var j = 0u; j < TILE_PER_LANE; j++) { // unroll
        let passing = tile[(lane + j * LANES) * ROW + c];
        for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
          gradients[q][j] += dot(own_other[(row0 + q) * ROW + c], passing);
        }
      }
    }
    workgroupBarrier();

    for (var i = thread; i < TILE * SIZE4; i += THREADS) {
      var value = vec4<f32>(0.0);
      if (first + i / SIZE4 < end) { value = passing_score(head, first + i / SIZE4, i % SIZE4); }
      tile[i / SIZE4 * ROW + i % SIZE4] = value;
    }
    workgroupBarrier();

    for (var c = 0u; c < SIZE4; c++) {
      for (var j = 0u; j < TILE_PER_LANE; j++) { // unroll
        let passing = tile[(lane + j * LANES) * ROW + c];
        for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
          scores[q][j] += dot(own[(row0 + q) * ROW + c], passing);
        }
      }
    }
    for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
      for (var j = 0u; j < TILE_PER_LANE; j++) { // unroll
        let row = row0 + q;
        let k = lane + j * LANES;
        let of_query = stats[query_of(row, k)];
        var p = 0.0;
        let exists = first_own + row < shape.length && first + k < end;
        let query = query_of(first_own + row, first + k);
        if (exists && (!CAUSAL || key_of(first_own + row, first + k) <= query)) {
          p = exp(scores[q][j] - of_query.x);
        }
        scores[q][j] = p;
        weights[row * TILE + k] = p * (gradients[q][j] - of_query.y);
      }
    }
    workgroupBarrier();

    for (var k = 0u; k < TILE; k++) {
      for (var i = 0u; i < OUTPUTS; i++) { // unroll
        let c = lane + i * LANES;
        if (c < SIZE4) {
          let passing = tile[k * ROW + c];
          for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
            sums[q][i] += weights[(row0 + q) * TILE + k] * passing;
          }
        }
      }
    }
    workgroupBarrier();

    if (OF_KEYS) {
      // dy once more: keeping it would take the memory of another tile.
      for (var i = thread; i < TILE * SIZE4; i += THREADS) {
        var value = vec4<f32>(0.0);
        if (first + i / SIZE4 < end) { value = passing_weight(head, first + i / SIZE4, i % SIZE4); }
        tile[i / SIZE4 * ROW + i % SIZE4] = value;
      }
      for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
        for (var j = 0u; j < TILE_PER_LANE; j++) { // unroll
          weights[(row0 + q) * TILE + lane + j * LANES] = scores[q][j];
        }
      }
      workgroupBarrier();
      for (var k = 0u; k < TILE; k++) {
        for (var i = 0u; i < OUTPUTS; i++) { // unroll
          let c = lane + i * LANES;
          if (c < SIZE4) {
            let passing = tile[k * ROW + c];
            for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
              value_sums[q][i] += weights[(row0 + q) * TILE + k] * passing;
            }
          }
        }
      }
      workgroupBarrier();
    }
  }

  // The halves of a rotary pair may lie with two lanes.
  for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
    let position = first_own + row0 + q;
    for (var i = 0u; i < OUTPUTS; i++) { // unroll
      let c = lane + i * LANES;
      if (c < SIZE4) {
        own[(row0 + q) * ROW + c] = scale * sums[q][i];
        if (OF_KEYS && position < shape.length) { dqkv[vector(head, position, 2u) + c] = value_sums[q][i]; }
      }
    }
  }
  workgroupBarrier();
  for (var i = thread; i < ROWS * SIZE4; i += THREADS) {
    let position = first_own + i / SIZE4;
    if (position < shape.length) {
      dqkv[vector(head, position, OWN_PART) + i % SIZE4] = rotated_back(i / SIZE4, position, i % SIZE4);
    }
  }
}
