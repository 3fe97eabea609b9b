// The columns of a thread, for output ops that take one vec4 at a time: fn store(m: u32, n: u32, value: vec4<f32>).
// A loop divides its columns into pairs of vec4; here the halves of `count` pairs lie one behind the other.
fn column(first: u32, count: u32, pair: u32, half: u32) -> u32 { return first + 4u * (half * count + pair); }

fn store_pair(m: u32, low: u32, low_value: vec4<f32>, high: u32, high_value: vec4<f32>) {
  if (low < shape.n) { store(m, low, before(shape.n, low, low_value)); }
  if (high < shape.n) { store(m, high, before(shape.n, high, high_value)); }
}
