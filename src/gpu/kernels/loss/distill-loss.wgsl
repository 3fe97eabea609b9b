// How far a student's law s is from its target q in each slot, and the gradient of that by the student's logits, in their place.
// One workgroup a row.
//
// logits  [count, stride]: row r is the student's, raw, in slot first + r; overwritten by `scale` times the gradient, 0 from V on
// targets [slots, stride]: log-probabilities as target.wgsl makes them
// loss    [slots]: unscaled
//
// With s_v and q_v log-probabilities, those of the mask V - 1 without their common offset:
//   LOSS 0  kl-bwd  sum over real tokens of exp(s) (s - q)
//   LOSS 1  kl-fwd  sum over real tokens of exp(q) (q - s)
//   LOSS 2  mse     mean over V, the mask included, of (s - q)^2
//   LOSS 3  tvd     sum over V, the mask included, of |s - q|, with slope 0 where they are equal
// A loss sum_v f(s_v) has the gradient f'(s_v) - p_v sum_u f'(s_u), since s = z - lse; p is 0 for the mask, which lse leaves out.
// A part of f' that is a multiple of p cancels: for kl-bwd f' = exp(s) (s - q) will do.
// Numerics f32; three passes over the logits, two over the targets. Limits: V >= 2, stride % 4 == 0, 65,535 rows a launch.
// Put behind reduce.wgsl, row-softmax.wgsl and chunk.wgsl.

override LOSS: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> logits: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> targets: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<uniform> chunk: Chunk;

// f and f' above, for mse without the 1 / V.
fn value(s: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
  let d = s - q;
  if (LOSS == 0u) { return exp(s) * d; }
  if (LOSS == 1u) { return -exp(q) * d; }
  if (LOSS == 2u) { return d * d; }
  return abs(d);
}
fn slope(s: vec4<f32>, q: vec4<f32>) -> vec4<f32> {
  let d = s - q;
  if (LOSS == 0u) { return exp(s) * d; }
  if (LOSS == 1u) { return -exp(q); }
  if (LOSS == 2u) { return 2.0 * d; }
  return sign(d);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  if (group.x >= chunk.count) { return; }
  let slot = chunk.first + group.x;
  let base = group.x * chunk.stride4;
  let target_base = slot * chunk.stride4;
  let real = chunk.vocabulary - 1u;
  let columns = select(real, chunk.vocabulary, LOSS >= 2u);
  let weight = select(1.0, 1.0 / f32(chunk.vocabulary), LOSS == 2u);
  let law = row_softmax(thread, base, real);

  var lane = vec3<f32>(0.0);
  for (var i = thread; 4u * i < columns; i += THREADS) {
    let s = log_probability(law, logits[base + i]);
    let q = targets[target_base + i];
    let counted = below(i, columns);
    lane.x += dot(select(vec4<f32>(0.0), value(s, q), counted), vec4<f32>(1.0));
    lane.y += dot(select(vec4<f32>(0.0), slope(s, q), counted), vec4<f32>(1.0));
  }
  let sums = total_of(thread, lane);
  if (thread == 0u) { loss[slot] = weight * sums.x; }

  let factor = chunk.scale * weight;
  for (var i = thread; i < chunk.stride4; i += THREADS) {
    let s = log_probability(law, logits[base + i]);
    let p = select(vec4<f32>(0.0), exp(s), below(i, real));
    let gradient = factor * (slope(s, targets[target_base + i]) - p * sums.y);
    logits[base + i] = select(vec4<f32>(0.0), gradient, below(i, columns));
  }
}
