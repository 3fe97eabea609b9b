// sum over k of a[k, m] b[k, n], for matmul-direct.wgsl: outer products, both operands by vec4 along what is not summed.
// Derived, and given with the others (matmul.ts) since it bounds loops that are written out: vec4 of a row of a.
override ROWS4: u32 = 2u;

var<private> bias_sums: array<vec4<f32>, ROWS4>;

fn accumulate(m0: u32, n0: u32) {
  let a_stride = shape.a_stride / 4u;
  let b_stride = shape.b_stride / 4u;
  let row = a_at(0u, m0);
  var unit: array<u32, COLS4>;
  for (var c = 0u; c < COLS4; c++) { // unroll
    unit[c] = b_at(0u, unit_column(n0, c));
  }
  for (var k = 0u; k < shape.k; k++) {
    var w: array<vec4<f32>, COLS4>;
    for (var c = 0u; c < COLS4; c++) { // unroll
      w[c] = b[unit[c] + k * b_stride];
    }
    // Rows of the product past the end read what is no operand; they are not stored.
    for (var q = 0u; q < ROWS4; q++) { // unroll
      let x = a[row + k * a_stride + q];
      if (BIAS) { bias_sums[q] += x; }
      for (var i = 0u; i < 4u; i++) { // unroll
        for (var c = 0u; c < COLS4; c++) { // unroll
          sums[4u * q + i][c] += x[i] * w[c];
        }
      }
    }
  }
}

fn finish(m0: u32, n0: u32) {
  // All threads of these rows have summed the same columns of a.
  if (BIAS && n0 == 0u) {
    for (var q = 0u; q < ROWS4; q++) { add_bias(m0 + 4u * q, bias_sums[q]); }
  }
}
