// The slots whose logits lie in a chunk: what a launch of a loss works on; loss.ts writes it, 32 bytes.
struct Chunk {
  // The slot of the chunk's first row, and how many rows it has.
  first: u32,
  count: u32,
  vocabulary: u32,
  stride4: u32,
  // Factor of the gradients.
  scale: f32,
}
