// The softmax of a row of logits over its real tokens, by a workgroup of reduce.wgsl, in one pass over the row: each thread keeps
// a running largest logit and the sum of exponentials relative to it (Milakov, Gimelshein, arXiv 1805.02867).
// Put behind reduce.wgsl, with what declares `logits`, an array of vec4<f32>.

struct Softmax {
  largest: f32,
  // Log of the sum of exp(logit - largest): apart from `largest`, so that logits far from 0 lose no digits.
  log_sum: f32,
}

// Which of the columns 4 i .. 4 i + 3 are below `bound`.
fn below(i: u32, bound: u32) -> vec4<bool> {
  return 4u * i + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(bound);
}

// The row begins at logits[base]; its first `real` columns, at least one, count.
fn row_softmax(thread: u32, base: u32, real: u32) -> Softmax {
  var lane_largest = LOWEST;
  var lane_sum = 0.0;
  for (var i = thread; 4u * i < real; i += THREADS) {
    let z = select(vec4<f32>(LOWEST), logits[base + i], below(i, real));
    let now = max(lane_largest, max(max(z.x, z.y), max(z.z, z.w)));
    lane_sum = lane_sum * exp(lane_largest - now) + dot(exp(z - now), vec4<f32>(1.0));
    lane_largest = now;
  }
  let largest = largest_of(thread, lane_largest);
  let sum = total_of(thread, vec3<f32>(lane_sum * exp(lane_largest - largest), 0.0, 0.0)).x;
  return Softmax(largest, log(sum));
}

fn log_probability(law: Softmax, z: vec4<f32>) -> vec4<f32> {
  return (z - law.largest) - law.log_sum;
}
