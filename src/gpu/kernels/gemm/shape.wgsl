// What both GEMM loops take; gemm.wgsl explains it.
struct Shape {
  rows: u32,
  inner: u32,
  // N, of all pieces where a matrix lies in several buffers.
  columns: u32,
  // Columns of the weights that are bound, a multiple of 64.
  padded: u32,
  // Rows of one sample; row m belongs to sample m / length at position m % length.
  length: u32,
  // Where an output op finds its gate: gate[sample * gate_stride + gate_offset + n], in values.
  gate_offset: u32,
  gate_stride: u32,
  // Values from one row of the output to the next.
  stride: u32,
  // Column of the matrix that is column 0 of the weights that are bound, a multiple of 64; the ops of the head add it.
  first: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
// Binding 2 is the weight reader's.
@group(0) @binding(3) var<storage, read> columns: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gain: array<vec4<f32>>;

const EPSILON: f32 = 1e-5;

// Tiles of so many columns that a row has in all pieces, for the ops that leave a record for each; columns are padded to 64.
fn row_tiles(width: u32) -> u32 { return (shape.columns + 63u) / 64u * (64u / width); }
