// Backward of the embedding: dE[tokens[row]] += dx[row], for all rows, without two workgroups at one row of dE. The workgroups
// of the first row with a token sum all rows with it; those of the others find it before their own, and do nothing.
//
// In:  tokens [rows]; dx [rows, hidden].
// Out: gradient [V, hidden], dE, added to what is there. hidden % 4 == 0; rows <= 4096, a bit for each: they are set
//      by many threads, atomically, and come out the same in any order. Token ids are checked before.
// Numerics f32. A workgroup has 8 vec4s of columns and 8 threads for each: thread i sums rows i, i + 8, ..., since the mask has
// hundreds of rows; their sums are added in order. Dispatch (rows, ceil(hidden / 32)).

struct Shape { rows: u32, hidden4: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
@group(0) @binding(2) var<storage, read> dx: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4<f32>>;

const COLUMNS: u32 = 8u;
const LANES: u32 = 8u;
const THREADS: u32 = COLUMNS * LANES;
const WORDS: u32 = 128u;

// Whether a row before this one has its token, and which of those from it on have.
var<workgroup> earlier: atomic<u32>;
var<workgroup> same: array<atomic<u32>, WORDS>;
var<workgroup> shares: array<vec4<f32>, THREADS>;

@compute @workgroup_size(COLUMNS, LANES)
fn main(
  @builtin(local_invocation_id) thread: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
  @builtin(workgroup_id) group: vec3<u32>,
) {
  let row = group.x;
  let token = tokens[row];
  for (var r = index; r < row; r += THREADS) {
    if (tokens[r] == token) {
      atomicStore(&earlier, 1u);
      break;
    }
  }
  workgroupBarrier();

  let is_first = atomicLoad(&earlier) == 0u;
  if (is_first) {
    for (var r = row + index; r < shape.rows; r += THREADS) {
      if (tokens[r] == token) { atomicOr(&same[r / 32u], 1u << (r % 32u)); }
    }
  }
  workgroupBarrier();

  let column = group.y * COLUMNS + thread.x;
  let works = is_first && column < shape.hidden4;
  var sum = vec4<f32>(0.0);
  if (works) {
    for (var w = row / 32u; w < (shape.rows + 31u) / 32u; w++) {
      var bits = atomicLoad(&same[w]) & (0x01010101u << thread.y);
      while (bits != 0u) {
        sum += dx[(32u * w + firstTrailingBit(bits)) * shape.hidden4 + column];
        bits &= bits - 1u;
      }
    }
  }
  shares[index] = sum;
  workgroupBarrier();
  if (works && thread.y == 0u) {
    for (var lane = 1u; lane < LANES; lane++) { sum += shares[lane * COLUMNS + thread.x]; }
    gradient[token * shape.hidden4 + column] += sum;
  }
}
