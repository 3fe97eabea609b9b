// One update of all parameters: gradients clipped by their norm, AdamW (Loshchilov, Hutter, arXiv 1711.05101), the moving average,
// gradients back to 0. A workgroup takes 256 vec4s; grid of two dimensions.
//
// parameters, gradients, m, v, average [n], n % 4 == 0: all that is bound, the same for all; partials [256] of gradient-norm.wgsl
// In the order of torch.nn.utils.clip_grad_norm_ and torch.optim.AdamW:
//   g = gradient min(1, clip / (norm + 1e-6))
//   p = p (1 - lr decay);  m = m + (1 - beta1) (g - m);  v = beta2 v + (1 - beta2) g^2
//   p = p - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//   average = average + (1 - ema) (p - average)
// Where the norm is not finite nothing changes but the gradients, which become 0: the update is left out.
// Numerics f32; what depends on the update alone is worked out on the CPU, in float64.
// Put behind total.wgsl.

struct Update {
  clip: f32,
  // 1 - lr decay.
  keep: f32,
  // 1 - beta1.
  first_rate: f32,
  beta2: f32,
  // 1 - beta2.
  second_rate: f32,
  // sqrt(1 - beta2^t).
  second_bias: f32,
  eps: f32,
  // lr / (1 - beta1^t).
  step: f32,
  // 1 - ema.
  average_rate: f32,
}

@group(0) @binding(0) var<uniform> update: Update;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> gradients: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> m: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> v: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> average: array<vec4<f32>>;

const PARTIALS: u32 = 256u;
// Several vec4s to a thread, so that adding up the partial sums costs little beside them.
const BLOCK: u32 = 4u * THREADS;

// By bits: WGSL lets a compiler take it that there are no infinities and no NaNs.
fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
) {
  // Every workgroup adds the partial sums up in the same order.
  var lane = 0.0;
  for (var i = thread; i < PARTIALS; i += THREADS) { lane += partials[i]; }
  let squares = total_of(thread, lane);
  let clipped = min(1.0, update.clip / (sqrt(squares) + 1e-6));
  let block = (group.x + group.y * grid.x) * BLOCK;
  for (var i = block + thread; i < min(block + BLOCK, arrayLength(&parameters)); i += THREADS) {
    let g = gradients[i] * clipped;
    gradients[i] = vec4<f32>(0.0);
    if (!is_finite(squares)) { continue; }
    let first = m[i] + update.first_rate * (g - m[i]);
    let second = update.beta2 * v[i] + update.second_rate * g * g;
    let step = update.step * first / (sqrt(second) / update.second_bias + update.eps);
    let p = parameters[i] * update.keep - step;
    m[i] = first;
    v[i] = second;
    parameters[i] = p;
    average[i] = average[i] + update.average_rate * (p - average[i]);
  }
}
