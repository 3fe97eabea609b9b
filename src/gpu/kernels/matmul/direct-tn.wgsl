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
  // Rows of the product past the end read what is no operand; they are not stored.
  let inner4 = shape.k / 4u;
  for (var k4 = 0u; k4 < inner4; k4++) {
    let a_first = row + 4u * k4 * a_stride;
    let b_first = 4u * k4 * b_stride;
    var x0: array<vec4<f32>, ROWS4>;
    var x1: array<vec4<f32>, ROWS4>;
    var x2: array<vec4<f32>, ROWS4>;
    var x3: array<vec4<f32>, ROWS4>;
    for (var q = 0u; q < ROWS4; q++) { // unroll
      x0[q] = a[a_first + q];
      x1[q] = a[a_first + a_stride + q];
      x2[q] = a[a_first + 2u * a_stride + q];
      x3[q] = a[a_first + 3u * a_stride + q];
      if (BIAS) { bias_sums[q] += x0[q] + x1[q] + x2[q] + x3[q]; }
    }
    for (var c = 0u; c < COLS4; c++) { // unroll
      let w0 = b[unit[c] + b_first];
      let w1 = b[unit[c] + b_first + b_stride];
      let w2 = b[unit[c] + b_first + 2u * b_stride];
      let w3 = b[unit[c] + b_first + 3u * b_stride];
      for (var q = 0u; q < ROWS4; q++) { // unroll
        for (var i = 0u; i < 4u; i++) { // unroll
          sums[4u * q + i][c] += x0[q][i] * w0 + x1[q][i] * w1 + x2[q][i] * w2 + x3[q][i] * w3;
        }
      }
    }
  }
  // What is left where k is no multiple of 4.
  for (var k = 4u * inner4; k < shape.k; k++) {
    for (var q = 0u; q < ROWS4; q++) {
      let x = a[row + k * a_stride + q];
      if (BIAS) { bias_sums[q] += x; }
      for (var i = 0u; i < 4u; i++) {
        for (var c = 0u; c < COLS4; c++) { sums[4u * q + i][c] += x[i] * b[unit[c] + k * b_stride]; }
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
