// Matrix product without workgroup memory: every thread makes ROWS x 4 COLS4 sums on its own, straight from storage.
//
// The loop for software adapters, on which workgroup memory and barriers cost more than they save. Forms, shapes and output ops
// are those of matmul.wgsl. It is put together with direct-nt.wgsl, direct-nn.wgsl or direct-tn.wgsl, which provides
//   fn accumulate(m0: u32, n0: u32)   add all of k to the sums of the tile that begins at row m0 and column n0
//   fn finish(m0: u32, n0: u32)       what the form does after the last store
// Sums are in order of k. COLS4 is even. Dispatch (n / (4 COLS4 THREADS), rounded up; m / ROWS, rounded up).

override ROWS: u32 = 8u;
override COLS4: u32 = 4u;
override THREADS: u32 = 16u;

const PAIRS: u32 = COLS4 / 2u;

// The second half of a row's vec4 are the other halves of the first half's pairs.
var<private> sums: array<array<vec4<f32>, COLS4>, ROWS>;

fn unit_column(n0: u32, c: u32) -> u32 { return column(n0, PAIRS, c % PAIRS, c / PAIRS); }

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let n0 = 4u * COLS4 * id.x;
  let m0 = ROWS * id.y;
  if (n0 >= shape.n) { return; }
  accumulate(m0, n0);
  // Not written out: ROWS x COLS4 copies of an output op would take software adapters seconds to compile.
  for (var r = 0u; r < ROWS; r++) {
    if (m0 + r < shape.m) {
      for (var c = 0u; c < PAIRS; c++) {
        store_pair(m0 + r, unit_column(n0, c), sums[r][c], unit_column(n0, c + PAIRS), sums[r][c + PAIRS]);
      }
    }
  }
  finish(m0, n0);
}
