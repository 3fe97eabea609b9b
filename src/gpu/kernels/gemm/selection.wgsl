// Which rows a launch of the head works on, and how a token is drawn for each; gemm.ts writes it, 32 bytes.
struct Selection {
  // First entry of `rows`, and how many.
  start: u32,
  count: u32,
  seed: u32,
  // Index of the batch's first sample among those of the seed.
  first_sample: u32,
  inverse_temperature: f32,
  top_p: f32,
  // Which of the draws for its position this is (random.ts).
  draw: u32,
  // The head reads the row that lies so far before: 0 in masked diffusion, 1 in a causal network, which tells the next token.
  lag: u32,
}

// An entry of `rows` is a row m = sample * length + position; its upper bit is set where the most probable token is taken,
// without noise.
fn row_of(entry: u32) -> u32 { return entry & 0x7fffffffu; }
fn is_noisy(entry: u32) -> bool { return entry < 0x80000000u; }
