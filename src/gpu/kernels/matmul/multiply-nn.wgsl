// a [m, k], b [k, n], for matmul.wgsl: a vec4 of a along k by four of b along n, in order of k.
fn multiply(slice: u32, tile_row: u32, pair: u32) {
  for (var step = 0u; step < SLICE_CHUNK4; step++) {
    let k4 = slice * SLICE_CHUNK4 + step;
    var x: array<vec4<f32>, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      x[r] = scratch[row_of(tile_row, r) * A_STRIDE + k4];
    }
    for (var i = 0u; i < 4u; i++) { // unroll
      let at = B_START + (4u * k4 + i) * COLS4 + pair;
      let low = scratch[at];
      let high = scratch[at + PAIRS];
      for (var r = 0u; r < ROWS; r++) { // unroll
        sums[r][0] = fma(vec4<f32>(x[r][i]), low, sums[r][0]);
        sums[r][1] = fma(vec4<f32>(x[r][i]), high, sums[r][1]);
      }
    }
  }
}
