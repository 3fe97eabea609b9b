// Activation of the MLP and its derivative. ACTIVATION 0: GELU in its tanh form; 1: SiLU.
override ACTIVATION: u32 = 0u;

// sqrt(2 / pi)
const GELU_SCALE: f32 = 0.7978845608;

// tanh of GELU. Beyond 6 it is 1 in f32, and neither tanh of large arguments (NaN on some drivers) nor x^3 of them is needed.
fn gelu_tanh(x: vec4<f32>) -> vec4<f32> {
  let near = clamp(x, vec4<f32>(-6.0), vec4<f32>(6.0));
  return tanh(GELU_SCALE * (near + 0.044715 * near * near * near));
}

// 1 / (1 + exp(-x)), without an overflow.
fn sigmoid(x: vec4<f32>) -> vec4<f32> {
  return 1.0 / (1.0 + exp(clamp(-x, vec4<f32>(-80.0), vec4<f32>(80.0))));
}

fn activate(x: vec4<f32>) -> vec4<f32> {
  if (ACTIVATION == 1u) { return x * sigmoid(x); }
  return 0.5 * x * (1.0 + gelu_tanh(x));
}

fn activate_derivative(x: vec4<f32>) -> vec4<f32> {
  if (ACTIVATION == 1u) {
    let s = sigmoid(x);
    return s * (1.0 + x * (1.0 - s));
  }
  let near = clamp(x, vec4<f32>(-6.0), vec4<f32>(6.0));
  let t = gelu_tanh(x);
  return 0.5 * (1.0 + t) + 0.5 * near * (1.0 - t * t) * GELU_SCALE * (1.0 + 0.134145 * near * near);
}
