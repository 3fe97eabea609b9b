// Packs rows of a matrix from a checkpoint into the panels that the GEMM reads.
//
// In:  source [rows, K] row-major as in the file: FORMAT 0 F32, 1 F16, 2 BF16; a part of the matrix, which begins at
//      panel `first_panel`. Rows from `rows` to a multiple of 16 become zeros.
// Out: panels [NPAD / 16, K, 16]: the 16 columns of a panel side by side, so that a tile reads whole cache lines whatever its
//      width, as f32 or (HALF) f16. F16 to f16 moves bits and loses nothing, not even denormals.
// Range: where values are narrowed to f16, the bits of the largest magnitude among those that f16 does not hold, beyond 65504,
//      are left in beyond[part.watch]; what is infinite or no number in the source stays that. Bits of magnitudes order as
//      integers, so the maximum is the same in any order.
// HEAD_SIZE > 0 (for q and k of attention): within each head of the first `paired` rows, output row 2i is source row i
//      and 2i + 1 is i + HEAD_SIZE / 2, see output-rope.wgsl. A part must then hold whole heads.

override FORMAT: u32 = 0u;
override HALF: bool = false;
override HEAD_SIZE: u32 = 0u;

struct Part { rows: u32, inner: u32, paired: u32, units: u32, first_panel: u32, watch: u32 }

@group(0) @binding(0) var<uniform> part: Part;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> panels: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> beyond: array<atomic<u32>>;

// Row of the source that becomes row n.
fn source_row(n: u32) -> u32 {
  if (HEAD_SIZE == 0u || n >= part.paired) { return n; }
  let within = n % max(HEAD_SIZE, 1u);
  return n - within + (within % 2u) * (HEAD_SIZE / 2u) + within / 2u;
}

// The 16 bits of value `at` of a source of halves.
fn bits16(at: u32) -> u32 {
  return (source[at / 2u] >> (16u * (at % 2u))) & 0xffffu;
}

fn value(at: u32) -> f32 {
  if (FORMAT == 0u) { return bitcast<f32>(source[at]); }
  if (FORMAT == 1u) { return unpack2x16float(bits16(at)).x; }
  return bitcast<f32>(bits16(at) << 16u);
}

// A thread makes one unit: 4 neighbouring columns at one k.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let thread = id.x + id.y * groups.x * 64u;
  if (thread >= part.units) { return; }
  // Neighbouring threads read neighbouring k.
  let k = thread % part.inner;
  let quad = thread / part.inner;
  let unit = ((part.first_panel + quad / 4u) * part.inner + k) * 4u + quad % 4u;
  var halves = vec4<u32>(0u);
  var values = vec4<f32>(0.0);
  for (var i = 0u; i < 4u; i++) {
    let n = 4u * quad + i;
    if (n < part.rows) {
      let at = source_row(n) * part.inner + k;
      if (HALF && FORMAT == 1u) { halves[i] = bits16(at); } else { values[i] = value(at); }
    }
  }
  if (HALF) {
    if (FORMAT != 1u) {
      var largest = 0u;
      for (var i = 0u; i < 4u; i++) {
        let magnitude = bitcast<u32>(values[i]) & 0x7fffffffu;
        // Between 65504, 0x477fe000, and infinity.
        if (magnitude > 0x477fe000u && magnitude < 0x7f800000u) { largest = max(largest, magnitude); }
      }
      if (largest > 0u) { atomicMax(&beyond[part.watch], largest); }
      for (var i = 0u; i < 4u; i++) { halves[i] = pack2x16float(vec2<f32>(values[i], 0.0)) & 0xffffu; }
    }
    panels[unit] = vec2<u32>(halves.x | (halves.y << 16u), halves.z | (halves.w << 16u));
  } else {
    panels[2u * unit] = bitcast<vec2<u32>>(values.xy);
    panels[2u * unit + 1u] = bitcast<vec2<u32>>(values.zw);
  }
}
