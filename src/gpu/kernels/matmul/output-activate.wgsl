// Product output: u[m, n] = sum + bias[n], which the backward pass needs, and h[m, n] = act(u). Put behind bias.wgsl and
// activation.wgsl.
@group(0) @binding(3) var<storage, read_write> u: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> h: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;

fn store(m: u32, n: u32, value: vec4<f32>) {
  let before_act = value + bias_at(n);
  u[y_at(m, n)] = before_act;
  h[y_at(m, n)] = activate(before_act);
}
