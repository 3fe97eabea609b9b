// Matrix product of training: sums over k of products of two row-major operands, handed to an output op by pairs of vec4.
//
// This file is the loop for GPUs; matmul-direct.wgsl is that for software adapters. There are three forms:
//   nt   a [m, k], b [n, k]   y = x W^T, forward
//   nn   a [m, k], b [k, n]   dx = dy W
//   tn   a [k, m], b [k, n]   dW = dy^T x, k being the rows
// It is put together with two loaders and a multiplier, such that all operands are read by vec4 in the order in which they lie,
// and none is transposed:
//   fn load_a(thread: u32, m0: u32, k0: u32), fn load_b(thread: u32, n0: u32, k0: u32)   next chunk, to registers
//   fn share_a(thread: u32), fn share_b(thread: u32)                                     from there to workgroup memory
//   fn multiply(slice: u32, tile_row: u32, pair: u32)   add a slice's share of the chunk to the sums of a thread
//   fn row_of(tile_row: u32, r: u32) -> u32             row of the tile that row r of a thread is
//   fn finish(thread: u32, m0: u32, n0: u32)            what the form does after the last store
// and with an output op (output-*.wgsl), which provides
//   fn column(first: u32, count: u32, pair: u32, half: u32) -> u32        where the half of a pair of a tile lies
//   fn store_pair(m: u32, low: u32, low_value: vec4<f32>, high: u32, high_value: vec4<f32>)
// by itself or with columns.wgsl. Each output is stored once, by one thread.
//
// Shapes   see shape.wgsl. m, n and k are any numbers; strides are multiples of 4. What lies between n and the stride is never
//          taken for a value, whatever it is; of y, columns from n up to a multiple of 4 are stored as 0.
// Tile     a workgroup makes TILE_M x TILE_N sums, a thread ROWS x 8. SLICES groups of threads each sum their own share of
//          every chunk of CHUNK values of k (split-K inside the workgroup) and are added at the end in a fixed order.
// Bits     depend on SLICES and CHUNK alone, not on the tile.
// Limits   TILE_M / ROWS * TILE_N / 8 * SLICES <= 256 threads; CHUNK a multiple of 4 SLICES; ROWS 4 or 8; for tn the threads are
//          a multiple of TILE_M / 4. 16 KiB hold the chunks, or the sums of half the slices.
// Dispatch (n / TILE_N, m / TILE_M), rounded up.

override TILE_M: u32 = 32u;
override TILE_N: u32 = 32u;
override ROWS: u32 = 4u;
override SLICES: u32 = 8u;
override CHUNK: u32 = 32u;
// Derived, and given with the others (matmul.ts) since they bound loops that are written out: vec4 that a thread loads of a chunk
// of a, of b, and pairs of a tile that it finishes.
override A_LOADS: u32 = 1u;
override B_LOADS: u32 = 1u;
override OUTPUT_LOADS: u32 = 1u;

const PAIRS: u32 = TILE_N / 8u;
const COLS4: u32 = 2u * PAIRS;
const THREAD_ROWS: u32 = TILE_M / ROWS;
const SLICE_THREADS: u32 = THREAD_ROWS * PAIRS;
const THREADS: u32 = SLICE_THREADS * SLICES;
const CHUNK4: u32 = CHUNK / 4u;
const SLICE_CHUNK4: u32 = CHUNK4 / SLICES;
const HALF: u32 = max(SLICES / 2u, 1u);
const OUTPUTS: u32 = TILE_M * COLS4;
// A_UNITS and B_UNITS are the loaders': vec4 that a chunk takes.
const B_START: u32 = A_UNITS;
// Holds in turn: the chunks of a and b, the sums of the slices, what the form needs at the end.
var<workgroup> scratch: array<vec4<f32>, max(A_UNITS + B_UNITS, select(0u, HALF * OUTPUTS, SLICES > 1u))>;

var<private> a_loaded: array<vec4<f32>, A_LOADS>;
var<private> b_loaded: array<vec4<f32>, B_LOADS>;
// For each row the two vec4 of the thread's pair of columns.
var<private> sums: array<array<vec4<f32>, 2>, ROWS>;

// Column of vec4 `unit` of the tile: low halves of all pairs, then high ones, so that neighbours read neighbours.
fn unit_column(n0: u32, unit: u32) -> u32 { return column(n0, PAIRS, unit % PAIRS, unit / PAIRS); }

fn emit(row: u32, m0: u32, n0: u32, pair: u32, low: vec4<f32>, high: vec4<f32>) {
  if (m0 + row >= shape.m) { return; }
  store_pair(m0 + row, unit_column(n0, pair), low, unit_column(n0, pair + PAIRS), high);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let n0 = group.x * TILE_N;
  let m0 = group.y * TILE_M;
  let slice = thread / SLICE_THREADS;
  let tile_row = (thread % SLICE_THREADS) / PAIRS;
  let pair = thread % PAIRS;

  load_a(thread, m0, 0u);
  load_b(thread, n0, 0u);
  for (var k0 = 0u; k0 < shape.k; k0 += CHUNK) {
    share_a(thread);
    share_b(thread);
    workgroupBarrier();
    // The next chunk travels while this one is used.
    if (k0 + CHUNK < shape.k) {
      load_a(thread, m0, k0 + CHUNK);
      load_b(thread, n0, k0 + CHUNK);
    }
    multiply(slice, tile_row, pair);
    workgroupBarrier();
  }

  if (SLICES == 1u) {
    for (var r = 0u; r < ROWS; r++) { // unroll
      emit(row_of(tile_row, r), m0, n0, pair, sums[r][0], sums[r][1]);
    }
  } else {
    // The upper half of the slices hands its sums to the lower half, then every thread adds up what is left of some
    // outputs of its own, so that the epilogue is spread over all of them.
    if (slice >= HALF) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let at = ((slice - HALF) * TILE_M + row_of(tile_row, r)) * COLS4 + pair;
        scratch[at] = sums[r][0];
        scratch[at + PAIRS] = sums[r][1];
      }
    }
    workgroupBarrier();
    if (slice < HALF) {
      for (var r = 0u; r < ROWS; r++) { // unroll
        let at = (slice * TILE_M + row_of(tile_row, r)) * COLS4 + pair;
        scratch[at] += sums[r][0];
        scratch[at + PAIRS] += sums[r][1];
      }
    }
    workgroupBarrier();
    for (var i = 0u; i < OUTPUT_LOADS; i++) { // unroll
      let output = thread + i * THREADS;
      if (output < OUTPUTS / 2u) {
        let at = output / PAIRS * COLS4 + output % PAIRS;
        var low = scratch[at];
        var high = scratch[at + PAIRS];
        for (var s = 1u; s < HALF; s++) {
          low += scratch[s * OUTPUTS + at];
          high += scratch[s * OUTPUTS + at + PAIRS];
        }
        emit(output / PAIRS, m0, n0, output % PAIRS, low, high);
      }
    }
  }
  finish(thread, m0, n0);
}
