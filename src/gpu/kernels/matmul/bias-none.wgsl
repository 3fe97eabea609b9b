// For products without a bias.
fn bias_at(n: u32) -> vec4<f32> { return vec4<f32>(0.0); }
