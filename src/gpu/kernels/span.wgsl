// What a pass of the network works on: a span of positions of every sample. Activations have a row for every position of a
// text, row = sample * length + position; row m of a product is position first + m % count of sample m / count.
// Put with what declares `span`.
struct Span {
  first: u32,
  count: u32,
  // Rows of a sample.
  length: u32,
  // Rows of the products: samples * count.
  rows: u32,
}

fn row_count() -> u32 { return span.rows; }
fn input_row(m: u32) -> u32 { return m / span.count * span.length + span.first + m % span.count; }
