// sum over k of a[m, k] b[n, k], for matmul-direct.wgsl: both operands by vec4 along k.
fn accumulate(m0: u32, n0: u32) {
  var row: array<u32, ROWS>;
  var unit: array<u32, COLS4>;
  // Rows and columns past the end repeat the last row, or read what is no operand; they are not stored.
  for (var r = 0u; r < ROWS; r++) { // unroll
    row[r] = a_at(min(m0 + r, shape.m - 1u), 0u);
  }
  for (var c = 0u; c < COLS4; c++) { // unroll
    unit[c] = b_at(unit_column(n0, c), 0u);
  }
  let stride = shape.b_stride / 4u;
  let inner4 = shape.k / 4u;
  for (var k4 = 0u; k4 < inner4; k4++) {
    var x: array<vec4<f32>, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      x[r] = a[row[r] + k4];
    }
    for (var c = 0u; c < COLS4; c++) { // unroll
      for (var i = 0u; i < 4u; i++) { // unroll
        let w = b[unit[c] + i * stride + k4];
        for (var r = 0u; r < ROWS; r++) { // unroll
          sums[r][c][i] += dot(x[r], w);
        }
      }
    }
  }
  // What is left where k is no multiple of 4.
  for (var k = 4u * inner4; k < shape.k; k++) {
    for (var r = 0u; r < ROWS; r++) {
      let value = a[row[r] + inner4][k % 4u];
      for (var c = 0u; c < COLS4; c++) {
        for (var i = 0u; i < 4u; i++) { sums[r][c][i] += value * b[unit[c] + i * stride + inner4][k % 4u]; }
      }
    }
  }
}

fn finish(m0: u32, n0: u32) {}
