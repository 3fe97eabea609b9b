// GEMM for few rows: a workgroup makes the sums of ROWS rows by one panel of 16 columns, straight from storage.
//
// With few rows a product takes as long as reading w does, so every value of w is read once for ROWS rows, in the order in
// which it lies, and nothing waits until the end, when the threads' shares of the sums are added in a fixed order. It takes the
// same shapes, weights and output ops as gemm.wgsl, but those that finish a tile; and its norm is the same; see there.
// Bits     depend on THREADS alone: a row has the same ones whatever ROWS is and whichever rows it is computed with.
// Limits   ROWS * THREADS * 16 + ROWS * THREADS * 2 bytes of workgroup memory; ROWS * 4 <= THREADS.
// Dispatch (padded / 16, rows / ROWS rounded up).

override ROWS: u32 = 1u;
override THREADS: u32 = 128u;
override LAYERNORM: bool = false;

// A panel holds 16 columns side by side, 4 units for each k.
const UNITS: u32 = 4u;
const SLICES: u32 = THREADS / UNITS;

// What each thread has of the sums of each row, and of the sum of its values and of their squares.
var<workgroup> parts: array<vec4<f32>, ROWS * THREADS>;
var<workgroup> moments: array<vec2<f32>, select(1u, ROWS * SLICES, LAYERNORM)>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let m0 = group.y * ROWS;
  let slice = thread / UNITS;
  let unit = thread % UNITS;
  let inner4 = shape.inner / 4u;
  let panel = group.x * shape.inner * UNITS + unit;
  var row: array<u32, ROWS>;
  var shift: array<f32, ROWS>;
  var moment: array<vec2<f32>, ROWS>;
  var sums: array<vec4<f32>, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // unroll
    // Rows past the end repeat the last one and are not stored.
    row[r] = input_row(min(m0 + r, row_count() - 1u)) * inner4;
    if (LAYERNORM) { shift[r] = x[row[r]].x; }
  }
  for (var k4 = slice; k4 < inner4; k4 += SLICES) {
    let at = panel + 4u * k4 * UNITS;
    let w0 = weight(at);
    let w1 = weight(at + UNITS);
    let w2 = weight(at + 2u * UNITS);
    let w3 = weight(at + 3u * UNITS);
    for (var r = 0u; r < ROWS; r++) { // unroll
      var a = x[row[r] + k4];
      if (LAYERNORM) {
        let value = a - shift[r];
        moment[r] += vec2<f32>(dot(value, vec4<f32>(1.0)), dot(value, value));
        a = value * gain[k4];
      }
      sums[r] = fma(vec4<f32>(a.x), w0, sums[r]);
      sums[r] = fma(vec4<f32>(a.y), w1, sums[r]);
      sums[r] = fma(vec4<f32>(a.z), w2, sums[r]);
      sums[r] = fma(vec4<f32>(a.w), w3, sums[r]);
    }
  }
  for (var r = 0u; r < ROWS; r++) { // unroll
    parts[r * THREADS + thread] = sums[r];
    // The units of a slice have read the same values of x.
    if (LAYERNORM && unit == 0u) { moments[r * SLICES + slice] = moment[r]; }
  }
  workgroupBarrier();

  // One thread for each unit of a row.
  let m = m0 + thread / UNITS;
  if (thread >= ROWS * UNITS || m >= row_count()) { return; }
  let first = thread / UNITS * THREADS + unit;
  var y = parts[first];
  for (var s = 1u; s < SLICES; s++) { y += parts[first + s * UNITS]; }
  let n = 4u * (group.x * UNITS + unit);
  if (LAYERNORM) {
    var total = vec2<f32>(0.0);
    for (var s = 0u; s < SLICES; s++) { total += moments[thread / UNITS * SLICES + s]; }
    let mean = total.x / f32(shape.inner);
    let rstd = inverseSqrt(max(total.y / f32(shape.inner) - mean * mean, 0.0) + EPSILON);
    y = rstd * (y - mean * columns[(shape.padded + n) / 4u]);
  }
  store(m, n, y + columns[n / 4u]);
}
