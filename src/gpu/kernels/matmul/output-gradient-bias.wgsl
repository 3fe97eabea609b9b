// dbias[m] += sum over k of a[k, m]: the gradient of a bias, for output-gradient.wgsl.
@group(0) @binding(4) var<storage, read_write> dbias: array<f32>;

const BIAS: bool = true;

fn add_bias(m: u32, value: vec4<f32>) {
  for (var i = 0u; i < 4u; i++) {
    if (m + i < shape.m) { dbias[m + i] += value[i]; }
  }
}
