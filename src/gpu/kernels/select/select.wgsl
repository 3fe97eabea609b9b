// Chooses, of the masked rows of each sample, those that take their tokens in this pass: the `take` whose proposed token has the
// highest probability, of equal ones the lower row. One thread a row; a row's rank is counted against all others of its sample.
//
// proposals [rows of the pass]: entries as in `drawn` (sample-merge.wgsl), those of a sample side by side.
// segments  those of the pass from selection.start on, one for each sample that is still at work.
// tokens    [samples * length]: a chosen row gets its token, the others are left alone.
// drawn     the entries of chosen rows, by rank.
// rows      the other rows, by rank: entries of the next pass (selection.wgsl).
//
// Dispatch (largest segment / 64 rounded up, segments). Time is quadratic in the rows of a sample, at most its length, which is
// little beside the head that proposed them; it takes no sorting, no barrier, and is the same in any order.
// Numerics: probabilities are compared by their bits, which order as they do, since none is negative.
// Put behind selection.wgsl.

struct Segment {
  // First proposal, and how many.
  start: u32,
  count: u32,
  // How many of them are chosen.
  take: u32,
  // Where the chosen ones go in `drawn`, and the others in `rows`.
  chosen: u32,
  rest: u32,
  // Added to the entries of the others: the upper bit where their next pass is the final one.
  flag: u32,
}

@group(0) @binding(0) var<storage, read> proposals: array<vec4<u32>>;
@group(0) @binding(1) var<storage, read> segments: array<Segment>;
@group(0) @binding(2) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> drawn: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> rows: array<u32>;
@group(0) @binding(5) var<uniform> selection: Selection;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let segment = segments[selection.start + id.y];
  if (id.x >= segment.count) { return; }
  let own = proposals[segment.start + id.x];
  var rank = 0u;
  for (var i = 0u; i < segment.count; i++) {
    let other = proposals[segment.start + i];
    if (other.z > own.z || (other.z == own.z && other.x < own.x)) { rank += 1u; }
  }
  if (rank < segment.take) {
    tokens[own.x] = own.y;
    drawn[segment.chosen + rank] = own;
  } else {
    rows[segment.rest + rank - segment.take] = own.x | segment.flag;
  }
}
