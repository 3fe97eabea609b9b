// GEMM: sums of x[m, k] * w[n, k] over k, handed to an output op a vec4 of columns at a time.
//
// This file is the loop for GPUs; gemm-row.wgsl is the one for few rows, gemm-direct.wgsl that for software adapters. It is put together with a weight reader (weight-f32.wgsl, weight-f16.wgsl) and an output op
// (output-*.wgsl), which provides
//   fn row_count() -> u32                       M
//   fn input_row(m: u32) -> u32                 row of x that is row m of the product
//   fn store(m: u32, n: u32, y: vec4<f32>)      take y[m, n .. n + 3]; each is stored once, by one thread. n counts from the
//                                               first column of the weights that are bound (`first` of Shape)
//   fn finish(thread: u32, m0: u32, tile: u32)  called by all threads after the last store of a tile (finish-*.wgsl)
//
// Shapes   x [rows, K] row-major f32; w in panels, see pack-weight.wgsl; K % 4 == 0; N padded to NPAD % 64 == 0.
// Columns  `columns` holds two rows of NPAD: the bias, and for LAYERNORM the sums over k of gain[k] * w[n, k].
// Tile     a workgroup makes TILE_M x TILE_N sums. Its threads form SLICES groups, each of which sums its own share of
//          every chunk of CHUNK values of k (split-K inside the workgroup: few rows still fill a GPU); the slices are
//          added at the end in a fixed order. A thread holds ROWS x 4 sums.
// Bits     depend on SLICES and CHUNK alone, not on the tile: variants that share them agree to the last bit.
// Numerics f32 throughout; sums are FMA in order of k within a slice.
// Limits   TILE_M / ROWS * TILE_N / 4 * SLICES <= 256 threads, a multiple of CHUNK / 4; at most 16 KiB of workgroup memory.
//
// LAYERNORM: y = rstd * (sum_k (x_k - s) gain_k w_nk - (mean - s) * colsum_n) + bias_n. Mean and variance are by-products
// of loading x, so the norm costs no pass of its own. The shift s = x[row, 0] keeps the variance, and the difference of
// the two sums, free of cancellation when a row's mean is large against its deviation.

override TILE_M: u32 = 32u;
override TILE_N: u32 = 16u;
override ROWS: u32 = 4u;
override SLICES: u32 = 8u;
override CHUNK: u32 = 64u;
override LAYERNORM: bool = false;
// Derived, and given with the others (gemm.ts) since they bound loops that are written out: values that a thread loads of a
// chunk of x, of w, and outputs of a tile that it finishes.
override X_LOADS: u32 = 2u;
override W_LOADS: u32 = 1u;
override OUTPUT_LOADS: u32 = 1u;

const COLS4: u32 = TILE_N / 4u;
const THREAD_ROWS: u32 = TILE_M / ROWS;
const SLICE_THREADS: u32 = THREAD_ROWS * COLS4;
const THREADS: u32 = SLICE_THREADS * SLICES;
const CHUNK4: u32 = CHUNK / 4u;
const SLICE_CHUNK4: u32 = CHUNK4 / SLICES;
// One vec4 of padding moves neighbouring rows to other banks.
const X_STRIDE: u32 = CHUNK4 + 1u;
// Rows of x that the threads load in one sweep; each thread keeps to one place in the chunk.
const X_SWEEP: u32 = THREADS / CHUNK4;
const W_UNITS: u32 = CHUNK * COLS4;
const W_START: u32 = TILE_M * X_STRIDE;
const HALF: u32 = max(SLICES / 2u, 1u);
const OUTPUTS: u32 = TILE_M * COLS4;
// Holds in turn: the chunk of x and of w, the partial moments of the rows, the sums of the slices, what an op needs.
var<workgroup> scratch: array<vec4<f32>, max(W_START + W_UNITS, select(0u, HALF * OUTPUTS, SLICES > 1u))>;
// (mean - s, rstd) of the tile's rows.
var<workgroup> moments: array<vec2<f32>, select(1u, TILE_M, LAYERNORM)>;

var<private> x_loaded: array<vec4<f32>, X_LOADS>;
var<private> w_loaded: array<vec4<f32>, W_LOADS>;
// First unit of the row of x that each load is of.
var<private> x_row: array<u32, X_LOADS>;
var<private> x_shift: array<f32, X_LOADS>;
var<private> x_sum: array<f32, X_LOADS>;
var<private> x_squares: array<f32, X_LOADS>;

fn load_chunk(thread: u32, m0: u32, n0: u32, k0: u32) {
  let k4 = k0 / 4u + thread % CHUNK4;
  let inside = 4u * k4 < shape.inner;
  var scale = vec4<f32>(1.0);
  if (LAYERNORM && inside) { scale = gain[k4]; }
  for (var i = 0u; i < X_LOADS; i++) { // unroll
    let row = thread / CHUNK4 + i * X_SWEEP;
    var value = vec4<f32>(0.0);
    if (inside && row < TILE_M && m0 + row < row_count()) {
      value = x[x_row[i] + k4];
      if (LAYERNORM) {
        value -= x_shift[i];
        x_sum[i] += dot(value, vec4<f32>(1.0));
        x_squares[i] += dot(value, value);
        value *= scale;
      }
    }
    x_loaded[i] = value;
  }
  for (var i = 0u; i < W_LOADS; i++) { // unroll
    let unit = thread + i * THREADS;
    let k = k0 + unit / COLS4;
    let n = n0 + 4u * (unit % COLS4);
    var value = vec4<f32>(0.0);
    // Past the end of k a panel would give the next one's values.
    if (unit < W_UNITS && k < shape.inner) {
      value = weight(((n / 16u) * shape.inner + k) * 4u + (n % 16u) / 4u);
    }
    w_loaded[i] = value;
  }
}

fn share_chunk(thread: u32) {
  for (var i = 0u; i < X_LOADS; i++) { // unroll
    let row = thread / CHUNK4 + i * X_SWEEP;
    if (row < TILE_M) { scratch[row * X_STRIDE + thread % CHUNK4] = x_loaded[i]; }
  }
  for (var i = 0u; i < W_LOADS; i++) { // unroll
    let unit = thread + i * THREADS;
    if (unit < W_UNITS) { scratch[W_START + unit] = w_loaded[i]; }
  }
}

// Mean and reciprocal deviation of the tile's rows, from the moments that loading x left behind.
fn finish_moments(thread: u32) {
  for (var i = 0u; i < X_LOADS; i++) { // unroll
    let row = thread / CHUNK4 + i * X_SWEEP;
    if (row < TILE_M) { scratch[row * CHUNK4 + thread % CHUNK4] = vec4<f32>(x_sum[i], x_squares[i], 0.0, 0.0); }
  }
  workgroupBarrier();
  for (var row = thread; row < TILE_M; row += THREADS) {
    var total = vec4<f32>(0.0);
    for (var i = 0u; i < CHUNK4; i++) { total += scratch[row * CHUNK4 + i]; }
    let mean = total.x / f32(shape.inner);
    let variance = max(total.y / f32(shape.inner) - mean * mean, 0.0);
    moments[row] = vec2<f32>(mean, inverseSqrt(variance + EPSILON));
  }
  workgroupBarrier();
}

fn emit(row: u32, m0: u32, n: u32, sums: vec4<f32>) {
  if (m0 + row >= row_count()) { return; }
  var y = sums;
  if (LAYERNORM) {
    let m = moments[row];
    y = m.y * (y - m.x * columns[(shape.padded + n) / 4u]);
  }
  store(m0 + row, n, y + columns[n / 4u]);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let n0 = group.x * TILE_N;
  let m0 = group.y * TILE_M;
  let slice = thread / SLICE_THREADS;
  let row0 = (thread % SLICE_THREADS) / COLS4;
  let col4 = thread % COLS4;

  for (var i = 0u; i < X_LOADS; i++) { // unroll
    let row = thread / CHUNK4 + i * X_SWEEP;
    x_sum[i] = 0.0;
    x_squares[i] = 0.0;
    x_shift[i] = 0.0;
    x_row[i] = 0u;
    if (row < TILE_M && m0 + row < row_count()) {
      x_row[i] = input_row(m0 + row) * (shape.inner / 4u);
      if (LAYERNORM) { x_shift[i] = x[x_row[i]].x; }
    }
  }
  var sums: array<vec4<f32>, ROWS>;

  load_chunk(thread, m0, n0, 0u);
  for (var k0 = 0u; k0 < shape.inner; k0 += CHUNK) {
    share_chunk(thread);
    workgroupBarrier();
    // The next chunk travels while this one is used.
    if (k0 + CHUNK < shape.inner) { load_chunk(thread, m0, n0, k0 + CHUNK); }
    for (var i = 0u; i < SLICE_CHUNK4; i++) {
      let k4 = slice * SLICE_CHUNK4 + i;
      let w = W_START + 4u * k4 * COLS4 + col4;
      let w0 = scratch[w];
      let w1 = scratch[w + COLS4];
      let w2 = scratch[w + 2u * COLS4];
      let w3 = scratch[w + 3u * COLS4];
      for (var r = 0u; r < ROWS; r++) { // unroll
        let a = scratch[(row0 + r * THREAD_ROWS) * X_STRIDE + k4];
        sums[r] = fma(vec4<f32>(a.x), w0, sums[r]);
        sums[r] = fma(vec4<f32>(a.y), w1, sums[r]);
        sums[r] = fma(vec4<f32>(a.z), w2, sums[r]);
        sums[r] = fma(vec4<f32>(a.w), w3, sums[r]);
      }
    }
    workgroupBarrier();
  }

  if (LAYERNORM) { finish_moments(thread); }
  if (SLICES == 1u) {
    for (var r = 0u; r < ROWS; r++) { // unroll
      emit(row0 + r * THREAD_ROWS, m0, n0 + 4u * col4, sums[r]);
    }
  } else {
    // The upper half of the slices hands its sums to the lower half, then every thread adds up what is left of some
    // outputs of its own, so that the epilogue is spread over all of them.
    if (slice >= HALF) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        scratch[((slice - HALF) * TILE_M + row0 + r * THREAD_ROWS) * COLS4 + col4] = sums[r];
      }
    }
    workgroupBarrier();
    if (slice < HALF) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let at = (slice * TILE_M + row0 + r * THREAD_ROWS) * COLS4 + col4;
        scratch[at] += sums[r];
      }
    }
    workgroupBarrier();
    for (var i = 0u; i < OUTPUT_LOADS; i++) { // unroll
      let output = thread + i * THREADS;
      if (output < OUTPUTS) {
        var total = scratch[output];
        for (var s = 1u; s < HALF; s++) { total += scratch[s * OUTPUTS + output]; }
        emit(output / COLS4, m0, n0 + 4u * (output % COLS4), total);
      }
    }
  }
  finish(thread, m0, group.x);
}
