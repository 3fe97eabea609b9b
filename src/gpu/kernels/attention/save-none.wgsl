// Attention whose backward nobody asks for.
fn save(at: u32, largest: f32, sum: f32) {}
