// y = layernorm(x) * weight * (1 + scale) + shift, scale and shift those of the row's sample: the adaLN of networks with
// time conditioning, whose modulation cannot be folded away, and of training, which folds nothing. One workgroup a row.
//
// x [rows, K]; weight [K]; modulation [samples, stride]: shift at `shift`, scale at `scale`; stride 0 where all samples
// share one. K % 4 == 0. Put with rows-all.wgsl: y [rows, K]; or with rows-chosen.wgsl: y [rows of the list, K].
// Numerics f32, mean and variance in two passes over the row. All is taken from x - x[row, 0], as in gemm.wgsl: a mean that is
//          large against the deviation then costs no digits, and a row of equal values is exactly zero.

struct Shape { inner4: u32, length: u32, stride4: u32, shift4: u32, scale4: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> modulation: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4<f32>>;

// Where rows-chosen.wgsl has its list.
const SLOTS: u32 = 5u;
const THREADS: u32 = 64u;
const EPSILON: f32 = 1e-5;

var<workgroup> partial: array<f32, THREADS>;

fn total(thread: u32, value: f32) -> f32 {
  workgroupBarrier();
  partial[thread] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < THREADS; i++) { sum += partial[i]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let place = place_of(group.x);
  if (place == NOWHERE) { return; }
  let row = group.x * shape.inner4;
  let out = place * shape.inner4;
  let size = f32(4u * shape.inner4);
  let origin = x[row].x;
  var sum = 0.0;
  for (var i = thread; i < shape.inner4; i += THREADS) { sum += dot(x[row + i] - origin, vec4<f32>(1.0)); }
  let mean = total(thread, sum) / size;
  var squares = 0.0;
  for (var i = thread; i < shape.inner4; i += THREADS) {
    let d = x[row + i] - origin - mean;
    squares += dot(d, d);
  }
  let rstd = inverseSqrt(total(thread, squares) / size + EPSILON);
  let base = group.x / shape.length * shape.stride4;
  for (var i = thread; i < shape.inner4; i += THREADS) {
    let scale = 1.0 + modulation[base + shape.scale4 + i];
    y[out + i] = (x[row + i] - origin - mean) * rstd * weight[i] * scale + modulation[base + shape.shift4 + i];
  }
}
