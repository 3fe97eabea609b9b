// The sum of a value over the 64 threads of a workgroup, in their order; all of them call it, once, and all have the result.

const THREADS: u32 = 64u;

var<workgroup> lanes: array<f32, THREADS>;

fn total_of(thread: u32, value: f32) -> f32 {
  lanes[thread] = value;
  workgroupBarrier();
  var total = lanes[0];
  for (var i = 1u; i < THREADS; i++) { total += lanes[i]; }
  return total;
}
