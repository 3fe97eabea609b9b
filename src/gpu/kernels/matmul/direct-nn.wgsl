// sum over k of a[m, k] b[k, n], for matmul-direct.wgsl: a by vec4 along k, b along n.
fn accumulate(m0: u32, n0: u32) {
  var row: array<u32, ROWS>;
  // Rows past the end repeat the last one and are not stored.
  for (var r = 0u; r < ROWS; r++) { // unroll
    row[r] = a_at(min(m0 + r, shape.m - 1u), 0u);
  }
  let stride = shape.b_stride / 4u;
  let inner4 = shape.k / 4u;
  var unit: array<u32, COLS4>;
  for (var c = 0u; c < COLS4; c++) { // unroll
    unit[c] = b_at(0u, unit_column(n0, c));
  }
  for (var k4 = 0u; k4 < inner4; k4++) {
    var x: array<vec4<f32>, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      x[r] = a[row[r] + k4];
    }
    let first = 4u * k4 * stride;
    for (var c = 0u; c < COLS4; c++) { // unroll
      let at = unit[c] + first;
      let w = mat4x4<f32>(b[at], b[at + stride], b[at + 2u * stride], b[at + 3u * stride]);
      for (var r = 0u; r < ROWS; r++) { // unroll
        sums[r][c] += w * x[r];
      }
    }
  }
  // What is left where k is no multiple of 4.
  for (var k = 4u * inner4; k < shape.k; k++) {
    for (var r = 0u; r < ROWS; r++) {
      let value = a[row[r] + inner4][k % 4u];
      for (var c = 0u; c < COLS4; c++) { sums[r][c] += value * b[unit[c] + k * stride]; }
    }
  }
}

fn finish(m0: u32, n0: u32) {}
