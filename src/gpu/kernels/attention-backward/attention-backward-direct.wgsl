// attention-backward.wgsl for adapters that are a CPU: a thread has one row of one head, a query or a key, and goes through
// the others one by one, without workgroup memory or barriers, which are slow there, and slow to compile. Same buffers, same
// results but for rounding. Dispatch (ceil(length / 16), heads, samples).
// Limits HEAD_SIZE % 4 == 0 and <= 128.

const THREADS: u32 = 16u;

var<private> sums: array<vec4<f32>, SIZE4>;

fn rotated(row: u32, i: u32) -> f32 { return sums[i / 4u][i % 4u]; }

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let position = id.x;
  if (position >= shape.length) { return; }
  let head = head_of(group);
  let scale = inverseSqrt(f32(HEAD_SIZE));
  // As in the other loop: of keys k and v, of queries q and dy.
  var own: array<vec4<f32>, SIZE4>;
  var own_other: array<vec4<f32>, SIZE4>;
  var value_sums: array<vec4<f32>, SIZE4>;
  var own_delta = 0.0;
  for (var c = 0u; c < SIZE4; c++) {
    own[c] = scale * own_score(head, position, c);
    own_other[c] = own_weight(head, position, c);
    if (!OF_KEYS) { own_delta += dot(own_other[c], y_at(head, position, c)); }
  }
  if (!OF_KEYS) { keep_delta(entry(head, position), own_delta); }

  let end = passing_end(position + 1u);
  for (var passing = passing_begin(position); passing < end; passing++) {
    var score = 0.0;
    var gradient = 0.0;
    for (var c = 0u; c < SIZE4; c++) {
      score += dot(own[c], passing_score(head, passing, c));
      gradient += dot(own_other[c], passing_weight(head, passing, c));
    }
    let query = entry(head, query_of(position, passing));
    let p = exp(score - lse[query]);
    var of_query = own_delta;
    if (OF_KEYS) { of_query = delta[query]; }
    let ds = scale * p * (gradient - of_query);
    for (var c = 0u; c < SIZE4; c++) {
      sums[c] += ds * passing_score(head, passing, c);
      if (OF_KEYS) { value_sums[c] += p * passing_weight(head, passing, c); }
    }
  }

  for (var c = 0u; c < SIZE4; c++) {
    dqkv[vector(head, position, OWN_PART) + c] = rotated_back(0u, position, c);
    if (OF_KEYS) { dqkv[vector(head, position, 2u) + c] = value_sums[c]; }
  }
}
