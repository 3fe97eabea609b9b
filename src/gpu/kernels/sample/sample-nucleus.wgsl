// Draws from the nucleus of each row: the smallest set of most probable real tokens whose chances reach top_p
// (Holtzman et al., arXiv 1904.09751, section 3.1), all that tie with its least probable one included. One workgroup a row.
//
// logits [count, stride] of the rows selected; tokens and drawn as in sample-merge.wgsl, probability and entropy those of the
// draw: renormalised over the nucleus. An argmax row takes its most probable token; its law is that over all real tokens.
// The threshold is found without sorting: 16 passes over the row, each of which settles two bits, find the largest logit at or
// above which the mass still reaches top_p. Logits are compared by their bits, which are the same wherever they are read; a
// chance computed in two places may differ in its last bit, and then a nucleus could lose the token that bounds it.
// Put behind random.wgsl, selection.wgsl and reduce.wgsl.

struct Shape { vocabulary: u32, stride: u32, length: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(4) var<storage, read_write> drawn: array<vec4<u32>>;
@group(0) @binding(5) var<uniform> selection: Selection;

// The bits of a float, turned so that they order as integers; -0 comes right before 0.
fn order(logit: f32) -> u32 {
  let bits = bitcast<u32>(logit);
  return select(~bits, bits | 0x80000000u, bits < 0x80000000u);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let base = group.x * shape.stride;
  let real = shape.vocabulary - 1u;
  let entry = rows[selection.start + group.x];
  let row = row_of(entry);
  let noisy = is_noisy(entry);

  var lane_largest = LOWEST;
  for (var v = thread; v < real; v += THREADS) { lane_largest = max(lane_largest, logits[base + v] * selection.inverse_temperature); }
  let largest = largest_of(thread, lane_largest);
  var lane_mass = 0.0;
  for (var v = thread; v < real; v += THREADS) { lane_mass += exp(logits[base + v] * selection.inverse_temperature - largest); }
  let mass = total_of(thread, vec3<f32>(lane_mass, 0.0, 0.0)).x;

  // The largest bound whose mass reaches the nucleus; bound 0 always does.
  let needed = selection.top_p * mass;
  var bound = 0u;
  var nucleus = mass;
  if (noisy) {
    for (var bit = 0x40000000u; bit > 0u; bit /= 4u) {
      let trials = bound + bit * vec3<u32>(1u, 2u, 3u);
      var lane_above = vec3<f32>(0.0);
      for (var v = thread; v < real; v += THREADS) {
        let logit = logits[base + v];
        if (order(logit) >= trials.x) {
          let p = exp(logit * selection.inverse_temperature - largest);
          lane_above += select(vec3<f32>(0.0), vec3<f32>(p), vec3<u32>(order(logit)) >= trials);
        }
      }
      let above = total_of(thread, lane_above);
      for (var i = 0u; i < 3u; i++) {
        if (above[i] >= needed) {
          bound = trials[i];
          nucleus = above[i];
        }
      }
    }
  }

  // (score, token, spread): the sum of (largest - logit / T) exp(logit / T - largest), for the entropy (record.wgsl).
  var best = vec3<f32>(LOWEST, 0.0, 0.0);
  for (var v = thread; v < real; v += THREADS) {
    let logit = logits[base + v];
    if (order(logit) >= bound) {
      let scaled = logit * selection.inverse_temperature;
      best.z += (largest - scaled) * exp(scaled - largest);
      var score = scaled;
      if (noisy) {
        let sample_index = selection.first_sample + row / shape.length;
        let bits = token_bits_pair(selection.seed, sample_index, row % shape.length, selection.draw, v / 2u);
        score -= log_exponential(bits[v % 2u]);
      }
      if (score > best.x) { best = vec3<f32>(score, f32(v), best.z); }
    }
  }
  best = best_of(thread, best);
  if (thread > 0u) { return; }
  let token = u32(best.y);
  let p = min(exp(logits[base + token] * selection.inverse_temperature - largest) / nucleus, 1.0);
  let entropy = max(log(nucleus) + best.z / nucleus, 0.0);
  tokens[row] = token;
  drawn[selection.start + group.x] = vec4<u32>(row, token, bitcast<u32>(p), bitcast<u32>(entropy));
}
