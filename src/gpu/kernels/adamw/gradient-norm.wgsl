// Sums of squares of a flat array of gradients, as 256 partial sums that adamw.wgsl adds up.
//
// gradients [n], n % 4 == 0: all that is bound; partials [256]
// Workgroup g of exactly 256 takes blocks g, g + 256, ... of 256 vec4s. Which value goes into which sum, and the order in it,
// depend on n alone and not on the device.
// Numerics f32: squares below 1e-38 may count as 0; a sum above 3.4e38 is infinite.
// Put behind total.wgsl.

@group(0) @binding(0) var<storage, read> gradients: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> partials: array<f32>;

const PARTIALS: u32 = 256u;
const BLOCK: u32 = 4u * THREADS;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let size = arrayLength(&gradients);
  var squares = vec4<f32>(0.0);
  for (var block = group.x * BLOCK + thread; block < size; block += PARTIALS * BLOCK) {
    for (var part = 0u; part < 4u; part++) { // unroll
      let i = block + part * THREADS;
      if (i < size) { squares += gradients[i] * gradients[i]; }
    }
  }
  let total = total_of(thread, dot(squares, vec4<f32>(1.0)));
  if (thread == 0u) { partials[group.x] = total; }
}
