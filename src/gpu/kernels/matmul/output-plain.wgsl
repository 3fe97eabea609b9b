// Product output: y[m, n] = sum.
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

fn store(m: u32, n: u32, value: vec4<f32>) {
  y[y_at(m, n)] = value;
}
