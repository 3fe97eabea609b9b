// The counter-based generator, for kernels to put in front of their own text; random.ts is its CPU twin and
// documents the addresses (key = (seed, sample), counter = (position | draw << 16, token >> 1), word = token & 1).
// No bindings, no entry point, integers until `exponential`: the bits are the same on every adapter and on the CPU.

fn threefry_rounds(x: vec2<u32>, rotations: vec4<u32>) -> vec2<u32> {
  var y = x;
  for (var i = 0u; i < 4u; i++) {
    y.x += y.y;
    y.y = ((y.y << rotations[i]) | (y.y >> (32u - rotations[i]))) ^ y.x;
  }
  return y;
}

// Threefry2x32, 20 rounds: Salmon et al., SC 2011 (Random123).
fn threefry2x32(key: vec2<u32>, counter: vec2<u32>) -> vec2<u32> {
  let parity = 0x1bd11bdau ^ key.x ^ key.y;
  let even = vec4<u32>(13u, 15u, 26u, 6u);
  let odd = vec4<u32>(17u, 29u, 16u, 24u);
  var x = counter + key;
  x = threefry_rounds(x, even) + vec2<u32>(key.y, parity + 1u);
  x = threefry_rounds(x, odd) + vec2<u32>(parity, key.x + 2u);
  x = threefry_rounds(x, even) + vec2<u32>(key.x, key.y + 3u);
  x = threefry_rounds(x, odd) + vec2<u32>(key.y, parity + 4u);
  x = threefry_rounds(x, even) + vec2<u32>(parity, key.x + 5u);
  return x;
}

// The bits of tokens 2 * token_pair and 2 * token_pair + 1; position and draw below 2^16.
fn token_bits_pair(seed: u32, sample_index: u32, position: u32, draw: u32, token_pair: u32) -> vec2<u32> {
  return threefry2x32(vec2<u32>(seed, sample_index), vec2<u32>(position | (draw << 16u), token_pair));
}

// A standard exponential E = -log1p(-v) with v = (r + 0.5) * 2^-32, within 1e-6 relative for every r.
//
// Why not -log(u) or -log(1 - u) of an f32 uniform: a token of chance p wins when its E is about p or less, so the
// small E decide about rare tokens, and f32 holds nothing between 1 - 2^-24 and 1. Taken from there, E has a floor of
// 6e-8 and the Gumbel noise -log E ends at 16.64: tokens that need more are never drawn, and diversity falls
// unnoticed (arXiv 2409.02908). Here small v stay exact (r + 0.5 is an f32 for r < 2^23), and -log E reaches 22.9.
//
// WGSL has no log1p. For v <= 0.5, -log1p(-v) = log((1 + z) / (1 - z)) = 2 atanh(z) with z = v / (2 - v) <= 1/3; the
// series z (1 + z^2/3 + z^4/5 + ...) cut after z^12/13 is off by less than 2e-8. It has no cancellation.
// For v > 0.5, 1 - v = (~r + 0.5) * 2^-32 exactly, and log is accurate: its argument is at most 0.5.
// Where r or ~r needs more than 24 bits, f32() rounds it by 2^-23 relative at most, and E by 1.5 times that.
fn exponential(r: u32) -> f32 {
  if (r >= 0x80000000u) {
    return -log((f32(~r) + 0.5) * 0x1p-32);
  }
  let v = (f32(r) + 0.5) * 0x1p-32;
  let z = v / (2.0 - v);
  let y = z * z;
  var series = 1.0 / 11.0 + y * (1.0 / 13.0);
  series = 1.0 / 9.0 + y * series;
  series = 1.0 / 7.0 + y * series;
  series = 1.0 / 5.0 + y * series;
  series = 1.0 / 3.0 + y * series;
  return 2.0 * z * (1.0 + y * series);
}

// log(E): samplers take the argmax of logit / T - log(E), which is the argmin of E / p without p.
// Absolute error at most 1.5e-6 + 4e-7 * |log E|: that of E, and 3 ULP (2^-21 near E = 1) of WGSL's log.
fn log_exponential(r: u32) -> f32 {
  return log(exponential(r));
}
