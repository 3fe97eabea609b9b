// Backward of attention.wgsl, by scores computed once more from the log-sum-exp that the forward pass kept
// (FlashAttention-2, arXiv 2307.08691, section 3.2): nothing of size length x length is stored. With s = q k / sqrt(HEAD_SIZE),
// p = exp(s - lse), dp = dy v, delta = dy y and ds = p (dp - delta), for each query and key:
//   dq = sum over keys of ds k / sqrt(HEAD_SIZE), dk = sum over queries of ds q / sqrt(HEAD_SIZE), dv = sum over queries of p dy.
// Put with side-query.wgsl, whose workgroups have ROWS queries each and let keys pass by in tiles of TILE, or side-key.wgsl,
// with ROWS keys each, by which queries pass. Run the side of queries first: it leaves delta for the other.
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

override HEAD_SIZE: u32 = 64u;
override ROWS: u32 = 8u;
override TILE: u32 = 16u;
override ROWS_PER_THREAD: u32 = 1u;
override CAUSAL: bool = false;
// Derived, and given with the others since they bound loops that are written out: tile rows of a lane, vec4 that it sums.
override TILE_PER_LANE: u32 = 2u;
override OUTPUTS: u32 = 2u;

const LANES: u32 = 8u;
const SIZE4: u32 = HEAD_SIZE / 4u;
const HALF: u32 = HEAD_SIZE / 2u;
// One vec4 of padding moves neighbouring rows to other banks.
const ROW: u32 = SIZE4 + 1u;
const THREADS: u32 = ROWS / ROWS_PER_THREAD * LANES;

struct Shape { heads: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> lse: array<f32>;
@group(0) @binding(4) var<storage, read> angles: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read_write> dqkv: array<vec4<f32>>;
// Bindings from 6 on are the side's.

// The rows of a workgroup: of keys k and v, of queries q and dy; the first times 1 / sqrt(HEAD_SIZE).
var<workgroup> own: array<vec4<f32>, ROWS * ROW>;
var<workgroup> own_other: array<vec4<f32>, ROWS * ROW>;
// Of the rows that pass by: first what dp is made of, then what s is.
var<workgroup> tile: array<vec4<f32>, TILE * ROW>;
var<workgroup> weights: array<f32, ROWS * TILE>;
// lse and delta of the queries at hand.
var<workgroup> stats: array<vec2<f32>, STATS>;

// One head of one text: its first row, the vec4 at which the head begins, and those of a row of all heads.
struct Head { first: u32, column: u32, width: u32 }

fn vector(head: Head, position: u32, part: u32) -> u32 {
  return ((head.first + position) * 3u + part) * head.width + head.column;
}

fn output(head: Head, position: u32) -> u32 { return (head.first + position) * head.width + head.column; }

fn stat(head: Head, position: u32) -> u32 {
  return (head.first + position) * shape.heads + head.column / SIZE4;
}

// A vec4 of what a row of `own` was before its rotation.
fn rotated_back(row: u32, position: u32, c: u32) -> vec4<f32> {
  var result: vec4<f32>;
  for (var t = 0u; t < 4u; t++) {
    let i = 4u * c + t;
    let other = (i + HALF) % HEAD_SIZE;
    let angle = angles[position * HALF + i % HALF];
    let sine = select(-angle.y, angle.y, i < HALF);
    result[t] = own[row * ROW + c][t] * angle.x + own[row * ROW + other / 4u][other % 4u] * sine;
  }
  return result;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let lane = thread % LANES;
  let row0 = thread / LANES * ROWS_PER_THREAD;
  let first_own = group.x * ROWS;
  let head = Head(group.z * shape.length, group.y * SIZE4, shape.heads * SIZE4);
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
  own_stats(thread, head, first_own);

  var sums: array<array<vec4<f32>, OUTPUTS>, ROWS_PER_THREAD>;
  var value_sums: array<array<vec4<f32>, OUTPUTS>, ROWS_PER_THREAD>;
  for (var q = 0u; q < ROWS_PER_THREAD; q++) { // unroll
    for (var i = 0u; i < OUTPUTS; i++) { // unroll
      sums[q][i] = vec4<f32>(0.0);
      value_sums[q][i] = vec4<f32>(0.0);
    }
  }

  let begin = select(0u, first_own, CAUSAL && OF_KEYS);
  let end = select(shape.length, min(first_own + ROWS, shape.length), CAUSAL && !OF_KEYS);
  for (var first = begin; first < end; first += TILE) {
    for (var i = thread; i < TILE * SIZE4; i += THREADS) {
      var value = vec4<f32>(0.0);
      if (first + i / SIZE4 < end) { value = passing_weight(head, first + i / SIZE4, i % SIZE4); }
      tile[i / SIZE4 * ROW + i % SIZE4] = value;
    }
    passing_stats(thread, head, first, end);
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
        let is_pair = first_own + row < shape.length && first + k < end;
        if (is_pair && (!CAUSAL || key_of(first_own + row, first + k) <= query_of(first_own + row, first + k))) {
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
