// Chunks of b [k, n], for matmul.wgsl: CHUNK rows by the columns of a tile, in the order of b.
const B_UNITS: u32 = CHUNK * COLS4;

fn load_b(thread: u32, n0: u32, k0: u32) {
  for (var i = 0u; i < B_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    let n = unit_column(n0, place % COLS4);
    let k = k0 + place / COLS4;
    var value = vec4<f32>(0.0);
    if (place < B_UNITS && n < shape.n && k < shape.k) { value = b[b_at(k, n)]; }
    b_loaded[i] = value;
  }
}

fn share_b(thread: u32) {
  for (var i = 0u; i < B_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    if (place < B_UNITS) { scratch[B_START + place] = b_loaded[i]; }
  }
}
