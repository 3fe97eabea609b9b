// a [m, k], b [n, k], for matmul.wgsl: dot products of vec4 along k, written as FMA in order of k.
fn multiply(slice: u32, tile_row: u32, pair: u32) {
  for (var step = 0u; step < SLICE_CHUNK4; step++) {
    let k4 = slice * SLICE_CHUNK4 + step;
    var x: array<vec4<f32>, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      x[r] = scratch[row_of(tile_row, r) * A_STRIDE + k4];
    }
    for (var c = 0u; c < 2u; c++) { // unroll
      for (var i = 0u; i < 4u; i++) { // unroll
        let w = scratch[B_START + (i * COLS4 + c * PAIRS + pair) * B_STRIDE + k4];
        for (var r = 0u; r < ROWS; r++) { // unroll
          sums[r][c][i] = fma(x[r].w, w.w, fma(x[r].z, w.z, fma(x[r].y, w.y, fma(x[r].x, w.x, sums[r][c][i]))));
        }
      }
    }
  }
}
