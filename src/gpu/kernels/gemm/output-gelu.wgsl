// GEMM output: y = gelu(sum + bias), the tanh form of GELU, on the rows of a span. Put behind span.wgsl.
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<uniform> span: Span;

fn store(m: u32, n: u32, value: vec4<f32>) {
  if (n >= shape.columns) { return; }
  // sqrt(2 / pi). tanh of a large argument is NaN on some drivers; beyond 15 it is 1 in f32 anyway.
  let inner = 0.7978845608 * (value + 0.044715 * value * value * value);
  let gelu = 0.5 * value * (1.0 + tanh(clamp(inner, vec4<f32>(-15.0), vec4<f32>(15.0))));
  y[(input_row(m) * shape.columns + n) / 4u] = gelu;
}
