// The gradients of all modulation, and of the weights of all norms that it follows, from the sums over rows that
// layernorm-backward.wgsl and gate-backward.wgsl have left for each chunk.
//
// A row of modulation is made of parts of K columns: shift, scale, gate, again and again, at the end shift and scale. Each
// such triple belongs to a site, a norm y = xhat * weight * (1 + scale) + shift. With S the sums over a group's rows:
//   dmod = S at a shift (of dh) and at a gate (of dx * p), weight * S at a scale (of dh * xhat);
//   dweight += sum over groups of (1 + scale) * S at a scale.
//
// In:  partials [groups * chunks, stride]; weight [sites, K]; modulation [groups, stride].
// Out: dmod [groups, stride]; dweight [sites, K], added to what is there. K % 4 == 0; stride a multiple of K.
// Numerics f32. Eight vec4s of columns a workgroup, and for each 16 threads: thread i adds chunks i, i + 16, ... of a group,
// a tree adds the threads: an order that depends on the shape alone. Dispatch (ceil(stride / 32)).

struct Shape { inner4: u32, stride4: u32, groups: u32, chunks: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> partials: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> modulation: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> dmod: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> dweight: array<vec4<f32>>;

const COLUMNS: u32 = 8u;
const LANES: u32 = 16u;

var<workgroup> shares: array<vec4<f32>, COLUMNS * LANES>;

@compute @workgroup_size(COLUMNS, LANES)
fn main(@builtin(local_invocation_id) thread: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let column = group.x * COLUMNS + thread.x;
  let inside = column < shape.stride4;
  let part = column / shape.inner4;
  let is_scale = part % 3u == 1u;
  let at = part / 3u * shape.inner4 + column % shape.inner4;
  let own = thread.y * COLUMNS + thread.x;
  var weight_sum = vec4<f32>(0.0);
  for (var g = 0u; g < shape.groups; g++) {
    var sum = vec4<f32>(0.0);
    if (inside) {
      for (var c = thread.y; c < shape.chunks; c += LANES) {
        sum += partials[(g * shape.chunks + c) * shape.stride4 + column];
      }
    }
    shares[own] = sum;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
      if (thread.y < half) { shares[own] += shares[own + half * COLUMNS]; }
      workgroupBarrier();
    }
    if (inside && thread.y == 0u) {
      sum = shares[own];
      if (is_scale) {
        weight_sum += (1.0 + modulation[g * shape.stride4 + column]) * sum;
        sum *= weight[at];
      }
      dmod[g * shape.stride4 + column] = sum;
    }
    workgroupBarrier();
  }
  if (inside && is_scale && thread.y == 0u) { dweight[at] += weight_sum; }
}
