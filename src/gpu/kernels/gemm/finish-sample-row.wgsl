// Writes a thread's draw from its columns of a row (output-sample.wgsl), for gemm-direct.wgsl.
fn finish_row(m: u32, tile: u32) {
  records[m * row_tiles(4u * COLS4) + shape.first / (4u * COLS4) + tile] = record;
  record = NOTHING;
}
