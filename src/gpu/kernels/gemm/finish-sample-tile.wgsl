// Merges the draws of a tile's threads (output-sample.wgsl) into one record a row, for gemm.wgsl.
// Limits  SLICES >= ROWS, so that a thread stores one output of a tile at most; SLICES >= 4, so that the scratch, which then has
//         room for two sums of each output, has room for their records.
fn taken(output: u32) -> Record {
  let first = scratch[2u * output];
  return Record(first.x, first.y, first.z, first.w, scratch[2u * output + 1u].x);
}

fn finish(thread: u32, m0: u32, tile: u32) {
  // The scratch still holds sums that others read.
  workgroupBarrier();
  if (thread < OUTPUTS) {
    scratch[2u * thread] = vec4<f32>(record.score, record.token, record.largest, record.sum);
    scratch[2u * thread + 1u].x = record.spread;
  }
  workgroupBarrier();
  if (thread < TILE_M && m0 + thread < row_count()) {
    var best = taken(thread * COLS4);
    for (var i = 1u; i < COLS4; i++) { best = merge(best, taken(thread * COLS4 + i)); }
    records[(m0 + thread) * row_tiles(TILE_N) + shape.first / TILE_N + tile] = best;
  }
}
