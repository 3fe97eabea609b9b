// Gathers rows of the embedding, for the rows of a span: y[row] = E[tokens[row]]. E [V, hidden] row-major, read through a weight
// reader of the GEMM (f32 or f16); y [rows, hidden] f32. hidden % 4 == 0. Where E lies in several buffers, each launch has the rows of one of
// them, and writes those of y whose token is among them. A token outside the vocabulary is in none: callers check before.
// Put with span.wgsl.

struct Shape {
  hidden4: u32,
  // The rows of E that are bound.
  first: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
// Binding 2 is the weight reader's.
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<uniform> span: Span;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= row_count() * shape.hidden4) { return; }
  let row = input_row(i / shape.hidden4);
  // Below 0 it wraps round, and is no row either.
  let bound = tokens[row] - shape.first;
  if (bound >= shape.count) { return; }
  y[row * shape.hidden4 + i % shape.hidden4] = weight(bound * shape.hidden4 + i % shape.hidden4);
}
