// How likely each slot's own token is, and the gradient of that by the logits, in their place. One workgroup a row.
//
// logits  [count, stride]: row r is that of slot first + r, raw; overwritten by `scale` times the gradient, 0 from the mask on
// labels  [slots]: tokens below V - 1; callers check
// weights [slots]
// loss    [slots]: weight (-log p(label)), p over real tokens: the mask is left out. Unscaled.
// The gradient by the logits is weight (p - [token is label]).
// Numerics f32; two passes over the row. Limits: V >= 2, stride % 4 == 0, 65,535 rows a launch.
// Put behind reduce.wgsl, row-softmax.wgsl and chunk.wgsl.

@group(0) @binding(0) var<storage, read_write> logits: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;
@group(0) @binding(4) var<uniform> chunk: Chunk;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  if (group.x >= chunk.count) { return; }
  let slot = chunk.first + group.x;
  let base = group.x * chunk.stride4;
  let real = chunk.vocabulary - 1u;
  let law = row_softmax(thread, base, real);
  let label = labels[slot];
  let weight = weights[slot];
  for (var i = thread; i < chunk.stride4; i += THREADS) {
    let log_p = log_probability(law, logits[base + i]);
    let is_label = 4u * i + vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(label);
    let gradient = weight * chunk.scale * (exp(log_p) - select(vec4<f32>(0.0), vec4<f32>(1.0), is_label));
    logits[base + i] = select(vec4<f32>(0.0), gradient, below(i, real));
    // The thread that overwrites the label's logit is the one that still knows it.
    if (i == label / 4u) { loss[slot] = -weight * log_p[label % 4u]; }
  }
}
