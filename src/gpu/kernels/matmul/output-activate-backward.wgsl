// Product output: the sum is dL/dh of h = act(u). du[m, n] = sum act'(u), and h[m, n] = act(u) once more, which the forward
// pass does not keep: the gradient of the weights behind it needs it. Put behind activation.wgsl.
@group(0) @binding(3) var<storage, read> u: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> du: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> h: array<vec4<f32>>;

fn store(m: u32, n: u32, value: vec4<f32>) {
  let at = y_at(m, n);
  let before_act = before(shape.n, n, u[at]);
  du[at] = value * activate_derivative(before_act);
  h[at] = activate(before_act);
}
