// GEMM output: queries, keys and values of attention, with rotary position embedding on the first two, on the rows of a span.
// y [all rows, 3, heads, HEAD_SIZE]. The weight rows of q and k are packed so that the pair (i, i + HEAD_SIZE / 2) of the
// released half-split convention stands at 2i, 2i + 1 (pack-weight.wgsl): a pair then lies in one thread's vec4, and
// since q and k are permuted alike, their products do not change.
// angles [length, HEAD_SIZE / 4]: (cos, sin, cos, sin) of pairs 2j, 2j + 1, made on the CPU, where cos is exact.
// Put behind span.wgsl.
override HEAD_SIZE: u32 = 64u;

@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> angles: array<vec4<f32>>;
@group(0) @binding(7) var<uniform> span: Span;

fn store(m: u32, n: u32, value: vec4<f32>) {
  if (n >= shape.columns) { return; }
  var rotated = value;
  if (n < 2u * shape.columns / 3u) {
    let a = angles[(span.first + m % span.count) * (HEAD_SIZE / 4u) + (n % HEAD_SIZE) / 4u];
    rotated = vec4<f32>(
      value.x * a.x - value.y * a.y,
      value.y * a.x + value.x * a.y,
      value.z * a.z - value.w * a.w,
      value.w * a.z + value.z * a.w,
    );
  }
  y[(input_row(m) * shape.columns + n) / 4u] = rotated;
}
