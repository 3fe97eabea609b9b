// Product output: y[m, n] += sum, each value read and written by one thread. Put behind output-gradient-bias.wgsl or
// output-gradient-none.wgsl, which say whether the sums of the columns of a are wanted:
//   const BIAS: bool                           if so, loops call
//   fn add_bias(m: u32, value: vec4<f32>)      with the sums over k of a[k, m .. m + 3], once for each m
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;

fn store(m: u32, n: u32, value: vec4<f32>) {
  y[y_at(m, n)] += value;
}
