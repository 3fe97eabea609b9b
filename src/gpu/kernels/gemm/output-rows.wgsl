// GEMM output: logits of chosen rows of x. Row m of y is row rows[start + m] of x; rows of y are `stride` values apart.
// Put behind selection.wgsl.

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> rows: array<u32>;
@group(0) @binding(7) var<uniform> selection: Selection;

fn row_count() -> u32 { return selection.count; }
fn input_row(m: u32) -> u32 { return row_of(rows[selection.start + m]) - selection.lag; }

fn store(m: u32, n: u32, value: vec4<f32>) {
  let column = shape.first + n;
  if (column < shape.stride) { y[(m * shape.stride + column) / 4u] = value; }
}
