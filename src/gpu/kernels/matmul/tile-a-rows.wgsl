// Chunks of a [m, k], for matmul.wgsl: rows of a tile by CHUNK values of k, in the order of a.
// One vec4 of padding moves neighbouring rows to other banks.
const A_STRIDE: u32 = CHUNK4 + 1u;
const A_UNITS: u32 = TILE_M * A_STRIDE;

fn load_a(thread: u32, m0: u32, k0: u32) {
  for (var i = 0u; i < A_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    let m = m0 + place / CHUNK4;
    let k = k0 + 4u * (place % CHUNK4);
    var value = vec4<f32>(0.0);
    if (place < TILE_M * CHUNK4 && m < shape.m && k < shape.k) { value = before(shape.k, k, a[a_at(m, k)]); }
    a_loaded[i] = value;
  }
}

fn share_a(thread: u32) {
  for (var i = 0u; i < A_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    if (place < TILE_M * CHUNK4) { scratch[place / CHUNK4 * A_STRIDE + place % CHUNK4] = a_loaded[i]; }
  }
}

// Neighbouring threads have neighbouring rows.
fn row_of(tile_row: u32, r: u32) -> u32 { return tile_row + r * THREAD_ROWS; }

fn finish(thread: u32, m0: u32, n0: u32) {}
