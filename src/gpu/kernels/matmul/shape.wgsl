// What every product takes; matmul.ts writes it. Strides, offsets and the gate's place are in values, multiples of 4.
struct Shape {
  m: u32,
  n: u32,
  k: u32,
  // Values from one row to the next; y_stride is that of everything an output op reads or writes by row.
  a_stride: u32,
  b_stride: u32,
  y_stride: u32,
  // Row of a and of b where the product's first one lies, and row that row 0 of the product goes to.
  first_a: u32,
  first_b: u32,
  first_y: u32,
  // Rows of one text: row m of y stands at position m % length.
  length: u32,
  // Where an output op finds its gate: gate[(row of y) / group_rows * gate_stride + gate_offset + n].
  group_rows: u32,
  gate_stride: u32,
  gate_offset: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;

// Index of the vec4 that holds value `column` of a row.
fn a_at(row: u32, column: u32) -> u32 { return ((shape.first_a + row) * shape.a_stride + column) / 4u; }
fn b_at(row: u32, column: u32) -> u32 { return ((shape.first_b + row) * shape.b_stride + column) / 4u; }
fn y_at(m: u32, n: u32) -> u32 { return ((shape.first_y + m) * shape.y_stride + n) / 4u; }

// The four values that begin at `first`, those from `end` on replaced by 0: what lies there may be anything, also NaN.
fn before(end: u32, first: u32, value: vec4<f32>) -> vec4<f32> {
  return select(vec4<f32>(0.0), value, vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(end));
}
