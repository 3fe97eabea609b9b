// Reductions over the threads of a workgroup that has a row to itself. All threads call them, and all have the result. The order
// of sums is fixed: lanes by sixteens, then the sixteen groups.

const THREADS: u32 = 256u;
// Reductions are made in two rounds of 16, for the sake of few barriers.
const GROUP: u32 = 16u;
// Below every score: logits beyond it are no logits.
const LOWEST: f32 = -3.0e38;

var<workgroup> lanes: array<vec3<f32>, THREADS>;
var<workgroup> groups: array<vec3<f32>, GROUP>;

fn largest_of(thread: u32, value: f32) -> f32 {
  lanes[thread].x = value;
  workgroupBarrier();
  if (thread < GROUP) {
    var largest = lanes[thread * GROUP].x;
    for (var i = 1u; i < GROUP; i++) { largest = max(largest, lanes[thread * GROUP + i].x); }
    groups[thread].x = largest;
  }
  workgroupBarrier();
  var largest = groups[0].x;
  for (var i = 1u; i < GROUP; i++) { largest = max(largest, groups[i].x); }
  return largest;
}

fn total_of(thread: u32, value: vec3<f32>) -> vec3<f32> {
  lanes[thread] = value;
  workgroupBarrier();
  if (thread < GROUP) {
    var total = lanes[thread * GROUP];
    for (var i = 1u; i < GROUP; i++) { total += lanes[thread * GROUP + i]; }
    groups[thread] = total;
  }
  workgroupBarrier();
  var total = groups[0];
  for (var i = 1u; i < GROUP; i++) { total += groups[i]; }
  return total;
}

// The better of two (score, token), of equal scores the smaller token; and their third values added.
fn better(a: vec3<f32>, b: vec3<f32>) -> vec3<f32> {
  return vec3<f32>(select(a.xy, b.xy, b.x > a.x || (b.x == a.x && b.y < a.y)), a.z + b.z);
}

fn best_of(thread: u32, value: vec3<f32>) -> vec3<f32> {
  lanes[thread] = value;
  workgroupBarrier();
  if (thread < GROUP) {
    var best = lanes[thread * GROUP];
    for (var i = 1u; i < GROUP; i++) { best = better(best, lanes[thread * GROUP + i]); }
    groups[thread] = best;
  }
  workgroupBarrier();
  var best = groups[0];
  for (var i = 1u; i < GROUP; i++) { best = better(best, groups[i]); }
  return best;
}
