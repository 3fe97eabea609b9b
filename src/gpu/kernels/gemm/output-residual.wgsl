// GEMM output: y += gate * (sum + bias), in place, on the rows of a span; each value is read and written by one thread.
// gate [samples or 1, ...]: see Shape. A stride of 0 gives all samples the same gate. Put behind span.wgsl.
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> gate: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> span: Span;

fn store(m: u32, n: u32, value: vec4<f32>) {
  if (n >= shape.columns) { return; }
  let g = gate[(m / span.count * shape.gate_stride + shape.gate_offset + n) / 4u];
  let at = (input_row(m) * shape.columns + n) / 4u;
  y[at] = fma(g, value, y[at]);
}
