// Turns a teacher's raw logits into the log-probabilities that a student is fitted to, in place, and draws a token from each row
// where DRAW. One workgroup a row.
//
// logits [slots, stride], of which this launch takes `count` slots from `first`. Column v < V - 1: log q(v) = z_v - lse, lse that
//        over real tokens (SUBS). Column V - 1, the mask: z - lse, without the -1e6 of the released code, next to which f32 has no
//        digits left; students and targets are short of the same number, and losses are made of differences. From V on: 0.
// rows   [slots]: the row of the batch, sample * length + position, that a slot stands for
// tokens [samples * length]: with DRAW, the token goes to the row of its slot. It is argmin E / p = argmax (z - log E) over real
//        tokens, with the noise at (seed, first_sample + sample, position, token, draw): that of the sampler (random.wgsl).
// Numerics f32; two passes over the row. Limits: V >= 2, stride % 4 == 0, 65,535 slots a launch, V at most 2^24.
// Put behind random.wgsl, reduce.wgsl and row-softmax.wgsl.

override DRAW: bool = false;

struct Target {
  first: u32,
  count: u32,
  vocabulary: u32,
  stride4: u32,
  seed: u32,
  first_sample: u32,
  // Rows of a sample.
  length: u32,
  // Which of the draws for its position this is (random.ts).
  draw: u32,
}

@group(0) @binding(0) var<storage, read_write> logits: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> rows: array<u32>;
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(3) var<uniform> task: Target;

// The better of `best` and the race of four tokens.
fn race(best: vec3<f32>, z: vec4<f32>, row: u32, i: u32) -> vec3<f32> {
  let sample_index = task.first_sample + row / task.length;
  var result = best;
  for (var pair = 0u; pair < 2u; pair++) { // unroll
    let bits = token_bits_pair(task.seed, sample_index, row % task.length, task.draw, 2u * i + pair);
    for (var word = 0u; word < 2u; word++) { // unroll
      let token = 4u * i + 2u * pair + word;
      let score = z[2u * pair + word] - log_exponential(bits[word]);
      // Tokens come in rising order: of equal scores the smaller one stays.
      if (token + 1u < task.vocabulary && score > result.x) { result = vec3<f32>(score, f32(token), 0.0); }
    }
  }
  return result;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  if (group.x >= task.count) { return; }
  let slot = task.first + group.x;
  let base = slot * task.stride4;
  let law = row_softmax(thread, base, task.vocabulary - 1u);
  var row = 0u;
  if (DRAW) { row = rows[slot]; }
  var best = vec3<f32>(LOWEST, 0.0, 0.0);
  for (var i = thread; i < task.stride4; i += THREADS) {
    let z = logits[base + i];
    logits[base + i] = select(vec4<f32>(0.0), log_probability(law, z), below(i, task.vocabulary));
    if (DRAW) { best = race(best, z, row, i); }
  }
  if (DRAW) {
    best = best_of(thread, best);
    if (thread == 0u) { tokens[row] = u32(best.y); }
  }
}
