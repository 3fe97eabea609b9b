// Four values of `bias` [n], 0 past its end. It is read by single values: the last vec4 of an odd number would be out of bounds.
fn bias_at(n: u32) -> vec4<f32> {
  return before(shape.n, n, vec4<f32>(bias[n], bias[n + 1u], bias[n + 2u], bias[n + 3u]));
}
