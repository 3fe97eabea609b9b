// Product output: p[m, n] = sum + bias[n], which the backward pass needs, and z = x + gate p, with the gate of the row's group
// (see Shape). x and z are different buffers. Put behind bias.wgsl and output-residual-bias.wgsl, or bias-none.wgsl.
@group(0) @binding(3) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gate: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> p: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> z: array<vec4<f32>>;

fn store(m: u32, n: u32, value: vec4<f32>) {
  let at = y_at(m, n);
  let group = (shape.first_y + m) / shape.group_rows;
  let g = gate[(group * shape.gate_stride + shape.gate_offset + n) / 4u];
  let added = value + bias_at(n);
  p[at] = added;
  z[at] = x[at] + before(shape.n, n, g) * added;
}
