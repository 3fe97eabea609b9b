// Chunks of a [k, m], for matmul.wgsl: CHUNK rows by the columns of a tile, in the order of a. With BIAS (output-gradient.wgsl) the
// columns of a are summed on the way: each thread keeps to one vec4 of the tile.
const A_COLS4: u32 = TILE_M / 4u;
const A_UNITS: u32 = CHUNK * A_COLS4;

var<private> bias_sum: vec4<f32>;

fn load_a(thread: u32, m0: u32, k0: u32) {
  for (var i = 0u; i < A_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    let m = m0 + 4u * (place % A_COLS4);
    let k = k0 + place / A_COLS4;
    var value = vec4<f32>(0.0);
    if (place < A_UNITS && m < shape.m && k < shape.k) { value = a[a_at(k, m)]; }
    if (BIAS) { bias_sum += value; }
    a_loaded[i] = value;
  }
}

fn share_a(thread: u32) {
  for (var i = 0u; i < A_LOADS; i++) { // unroll
    let place = thread + i * THREADS;
    if (place < A_UNITS) { scratch[place] = a_loaded[i]; }
  }
}

// A thread has whole vec4 of rows, since so they are read.
fn row_of(tile_row: u32, r: u32) -> u32 { return 4u * (tile_row + r / 4u * THREAD_ROWS) + r % 4u; }

fn finish(thread: u32, m0: u32, n0: u32) {
  // Tiles of the same rows have all loaded the same of a.
  if (BIAS && n0 == 0u) {
    // The scratch still holds sums that others read.
    workgroupBarrier();
    scratch[thread] = bias_sum;
    workgroupBarrier();
    if (thread < A_COLS4) {
      var total = scratch[thread];
      for (var i = thread + A_COLS4; i < THREADS; i += A_COLS4) { total += scratch[i]; }
      add_bias(m0 + 4u * thread, total);
    }
  }
}
