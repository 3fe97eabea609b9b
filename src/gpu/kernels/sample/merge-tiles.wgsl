// Merges the records that the head's tiles left of one row: all threads of a workgroup call it, and thread 0 has the result.
// Put behind record.wgsl.

const THREADS: u32 = 64u;
// The lanes are merged in two rounds of 8, for the sake of few barriers.
const GROUP: u32 = 8u;

var<workgroup> lanes: array<Record, THREADS>;
var<workgroup> groups: array<Record, GROUP>;

fn merge_tiles(thread: u32, first: u32, tiles: u32) -> Record {
  var best = NOTHING;
  for (var tile = thread; tile < tiles; tile += THREADS) { best = merge(best, records[first + tile]); }
  lanes[thread] = best;
  workgroupBarrier();
  if (thread < GROUP) {
    best = lanes[thread * GROUP];
    for (var i = 1u; i < GROUP; i++) { best = merge(best, lanes[thread * GROUP + i]); }
    groups[thread] = best;
  }
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < GROUP; i++) { best = merge(best, groups[i]); }
  }
  return best;
}
