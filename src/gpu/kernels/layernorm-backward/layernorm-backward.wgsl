// Backward of y = xhat * weight * (1 + scale) + shift, xhat = (x - mean) * rstd (layernorm-modulate.wgsl): the gradient of x,
// the output once more, which the gradient of the next weights needs, and sums over rows, of which modulation-backward.wgsl
// makes the gradients of shift, scale and weight. One workgroup a chunk of CHUNK_ROWS rows of a sample.
//
// With gain = weight * (1 + scale), dxhat = dh * gain and means over the K values of a row:
//   dx = rstd * (dxhat - mean(dxhat) - xhat * mean(dxhat * xhat)).
//
// In:  x [rows, K]; dh [rows, K], with rows-chosen.wgsl [rows of the list, K], and 0 for rows that are not in it; weight [K];
//      modulation [samples, stride], stride 0 where all samples share one: shift at `shift`, scale at `scale`.
// Out: dx [rows, K], with ACCUMULATE added to what is there; h, shaped as dh: the forward output; partials [chunks,
//      partial_stride]: at `shift` the sum over the chunk's rows of dh, at `scale` that of dh * xhat. K % 4 == 0.
// Numerics f32; mean and variance as in layernorm-modulate.wgsl. Sums in an order that depends on the shape alone.
// Dispatch (ceil(length / CHUNK_ROWS), samples). First 16 threads share a row, for its four sums; then each thread
// has columns of its own, for all rows of the chunk.

override CHUNK_ROWS: u32 = 4u;
override ACCUMULATE: bool = false;

// Where rows-chosen.wgsl has its list.
const SLOTS: u32 = 8u;
const LANES: u32 = 16u;
const THREADS: u32 = CHUNK_ROWS * LANES;
const EPSILON: f32 = 1e-5;

struct Shape { inner4: u32, length: u32, stride4: u32, shift4: u32, scale4: u32, partial_stride4: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dh: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> modulation: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> dx: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> h: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> partials: array<vec4<f32>>;

var<workgroup> shares: array<vec2<f32>, THREADS>;
// Of each row: first value and mean of x less that, rstd, mean of dxhat, mean of dxhat * xhat.
var<workgroup> origins: array<f32, CHUNK_ROWS>;
var<workgroup> moments: array<vec4<f32>, CHUNK_ROWS>;

// Sums over the lanes of the thread's row.
fn totals(thread: u32, value: vec2<f32>) -> vec2<f32> {
  workgroupBarrier();
  shares[thread] = value;
  workgroupBarrier();
  let first = thread / LANES * LANES;
  var sum = vec2<f32>(0.0);
  for (var i = 0u; i < LANES; i++) { sum += shares[first + i]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let size = f32(4u * shape.inner4);
  let base = group.y * shape.stride4;
  let first = group.y * shape.length + group.x * CHUNK_ROWS;
  let rows = min(CHUNK_ROWS, shape.length - group.x * CHUNK_ROWS);

  let lane = thread % LANES;
  let own = thread / LANES;
  var place = NOWHERE;
  if (own < rows) { place = place_of(first + own); }
  // A row that does not count takes no step of the loops, but part in the barriers.
  let end = select(0u, shape.inner4, place != NOWHERE);
  let row = (first + own) * shape.inner4;
  let at = place * shape.inner4;
  var origin = 0.0;
  if (end > 0u) { origin = x[row].x; }
  var sum = 0.0;
  for (var i = lane; i < end; i += LANES) { sum += dot(x[row + i] - origin, vec4<f32>(1.0)); }
  let mean = totals(thread, vec2<f32>(sum, 0.0)).x / size;
  var squares = 0.0;
  for (var i = lane; i < end; i += LANES) {
    let d = x[row + i] - origin - mean;
    squares += dot(d, d);
  }
  let rstd = inverseSqrt(totals(thread, vec2<f32>(squares, 0.0)).x / size + EPSILON);
  var sums = vec2<f32>(0.0);
  for (var i = lane; i < end; i += LANES) {
    let d = dh[at + i] * weight[i] * (1.0 + modulation[base + shape.scale4 + i]);
    sums += vec2<f32>(dot(d, vec4<f32>(1.0)), dot(d, (x[row + i] - origin - mean) * rstd));
  }
  let means = totals(thread, sums) / size;
  if (lane == 0u) {
    origins[own] = origin;
    moments[own] = vec4<f32>(mean, rstd, means);
  }
  workgroupBarrier();

  let chunk = (group.y * ((shape.length + CHUNK_ROWS - 1u) / CHUNK_ROWS) + group.x) * shape.partial_stride4;
  for (var i = thread; i < shape.inner4; i += THREADS) {
    let gain = weight[i] * (1.0 + modulation[base + shape.scale4 + i]);
    let shift = modulation[base + shape.shift4 + i];
    var shift_sum = vec4<f32>(0.0);
    var scale_sum = vec4<f32>(0.0);
    for (var r = 0u; r < rows; r++) {
      let to = (first + r) * shape.inner4 + i;
      let chosen = place_of(first + r);
      var gradient = vec4<f32>(0.0);
      if (chosen != NOWHERE) {
        let m = moments[r];
        let xhat = (x[to] - origins[r] - m.x) * m.y;
        let g = dh[chosen * shape.inner4 + i];
        shift_sum += g;
        scale_sum += g * xhat;
        h[chosen * shape.inner4 + i] = xhat * gain + shift;
        gradient = m.y * (g * gain - m.z - xhat * m.w);
      }
      if (ACCUMULATE) { gradient += dx[to]; }
      dx[to] = gradient;
    }
    partials[chunk + shape.shift4 + i] = shift_sum;
    partials[chunk + shape.scale4 + i] = scale_sum;
  }
}
