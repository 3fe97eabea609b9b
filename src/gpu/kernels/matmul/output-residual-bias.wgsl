// The bias of output-residual.wgsl.
@group(0) @binding(7) var<storage, read> bias: array<f32>;
