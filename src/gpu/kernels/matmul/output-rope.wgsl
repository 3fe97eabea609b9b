// Product output: queries, keys and values of attention, with rotary position embedding on the first two.
// y [rows, 3, heads, HEAD_SIZE] in the layout of the file: the pair (i, i + HEAD_SIZE / 2) is half a head apart. The two halves
// of a thread's pairs of vec4 are those of rotary pairs, so it has both at hand; this file takes the place of columns.wgsl.
// angles [length, HEAD_SIZE / 4]: (cos, sin, cos, sin) of pairs 2j, 2j + 1, as for the GEMM of inference.
// Limits  HEAD_SIZE % 8 == 0; n is 3 heads HEAD_SIZE.
override HEAD_SIZE: u32 = 64u;

@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> angles: array<vec4<f32>>;

const HALF_HEAD: u32 = HEAD_SIZE / 2u;

fn column(first: u32, count: u32, pair: u32, half: u32) -> u32 {
  let i = first / 2u + 4u * pair;
  return i / HALF_HEAD * HEAD_SIZE + i % HALF_HEAD + half * HALF_HEAD;
}

fn store_pair(m: u32, low: u32, low_value: vec4<f32>, high: u32, high_value: vec4<f32>) {
  if (low >= shape.n) { return; }
  var cosine = vec4<f32>(1.0);
  var sine = vec4<f32>(0.0);
  if (low < 2u * (shape.n / 3u)) {
    let position = (shape.first_y + m) % shape.length;
    let at = (position * HEAD_SIZE + 2u * (low % HEAD_SIZE)) / 4u;
    let first = angles[at];
    let second = angles[at + 1u];
    cosine = vec4<f32>(first.xz, second.xz);
    sine = vec4<f32>(first.yw, second.yw);
  }
  y[y_at(m, low)] = low_value * cosine - high_value * sine;
  y[y_at(m, high)] = high_value * cosine + low_value * sine;
}
