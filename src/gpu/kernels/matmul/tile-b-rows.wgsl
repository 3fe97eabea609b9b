// Chunks of b [n, k], for matmul.wgsl: rows of b by CHUNK values of k. The four rows of each vec4 of columns lie so far apart that
// those which neighbouring threads read together, the same of each, are neighbours; one vec4 of padding moves these to other banks.
const B_STRIDE: u32 = CHUNK4 + 1u;
const B_UNITS: u32 = TILE_N * B_STRIDE;

fn load_b(thread: u32, n0: u32, k0: u32) {
  for (var i = 0u; i < B_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    let slot = place / CHUNK4;
    let n = unit_column(n0, slot % COLS4) + slot / COLS4;
    let k = k0 + 4u * (place % CHUNK4);
    var value = vec4<f32>(0.0);
    if (place < TILE_N * CHUNK4 && n < shape.n && k < shape.k) { value = before(shape.k, k, b[b_at(n, k)]); }
    b_loaded[i] = value;
  }
}

fn share_b(thread: u32) {
  for (var i = 0u; i < B_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    if (place < TILE_N * CHUNK4) { scratch[B_START + place / CHUNK4 * B_STRIDE + place % CHUNK4] = b_loaded[i]; }
  }
}
