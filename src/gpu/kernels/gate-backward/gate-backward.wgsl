// Backward of x' = x + gate * p, gate that of the row's sample: the gradient of p, and sums over rows, of which
// modulation-backward.wgsl makes the gradient of the gate. That of x is dx itself.
//
// In:  dx [rows, K], gradient of x'; p [rows, K]; modulation [samples, stride], stride 0 where all samples share one: gate
//      at `gate`.
// Out: dp [rows, K] = gate * dx; partials [chunks, partial_stride]: at `gate` the sum over the chunk's rows of dx * p.
//      K % 4 == 0.
// Numerics f32, sums in the order of the rows. Dispatch (ceil(K / 256), ceil(length / CHUNK_ROWS), samples): a thread has a
// vec4 of columns, for all rows of a chunk.

override CHUNK_ROWS: u32 = 4u;

const THREADS: u32 = 64u;

struct Shape { inner4: u32, length: u32, stride4: u32, gate4: u32, partial_stride4: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> dx: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> p: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> modulation: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> dp: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4<f32>>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let column = id.x;
  if (column >= shape.inner4) { return; }
  let gate = modulation[group.z * shape.stride4 + shape.gate4 + column];
  let first = group.z * shape.length + group.y * CHUNK_ROWS;
  let rows = min(CHUNK_ROWS, shape.length - group.y * CHUNK_ROWS);
  var sum = vec4<f32>(0.0);
  for (var r = 0u; r < rows; r++) {
    let at = (first + r) * shape.inner4 + column;
    let gradient = dx[at];
    dp[at] = gate * gradient;
    sum += gradient * p[at];
  }
  let chunk = group.z * groups.y + group.y;
  partials[chunk * shape.partial_stride4 + shape.gate4 + column] = sum;
}
