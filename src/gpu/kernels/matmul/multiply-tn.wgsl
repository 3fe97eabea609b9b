// a [k, m], b [k, n], for matmul.wgsl: outer products of vec4, in order of k.
// Derived, and given with the others (matmul.ts) since it bounds a loop that is written out: vec4 of rows of a thread.
override ROWS4: u32 = 1u;

fn multiply(slice: u32, tile_row: u32, pair: u32) {
  for (var step = 0u; step < 4u * SLICE_CHUNK4; step++) {
    let k = slice * 4u * SLICE_CHUNK4 + step;
    let at = B_START + k * COLS4 + pair;
    let low = scratch[at];
    let high = scratch[at + PAIRS];
    for (var q = 0u; q < ROWS4; q++) { // unroll
      let x = scratch[k * A_COLS4 + tile_row + q * THREAD_ROWS];
      for (var i = 0u; i < 4u; i++) { // unroll
        sums[4u * q + i][0] = fma(vec4<f32>(x[i]), low, sums[4u * q + i][0]);
        sums[4u * q + i][1] = fma(vec4<f32>(x[i]), high, sums[4u * q + i][1]);
      }
    }
  }
}
