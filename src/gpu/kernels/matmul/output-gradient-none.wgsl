// For output-gradient.wgsl of products without a bias.
const BIAS: bool = false;

fn add_bias(m: u32, value: vec4<f32>) {}
