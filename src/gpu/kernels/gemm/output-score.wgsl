// GEMM output: how likely the token is that stands in each chosen row, under softmax(logits) over real tokens; no logit is
// stored. Each tile leaves one record a row (record.wgsl), whose "draw" is the logit of that token; sample/score-merge.wgsl
// merges them.
// records [count, tiles]
// rows    entries (selection.wgsl)
// tokens  [samples * length], real tokens
// Put behind selection.wgsl and record.wgsl, with finish-sample-tile.wgsl or finish-sample-row.wgsl, which write the records.

@group(0) @binding(5) var<storage, read_write> records: array<Record>;
@group(0) @binding(6) var<storage, read> rows: array<u32>;
@group(0) @binding(7) var<uniform> selection: Selection;
@group(0) @binding(8) var<storage, read> tokens: array<u32>;

// What this thread has stored since the last record.
var<private> record: Record = NOTHING;

fn row_count() -> u32 { return selection.count; }
fn input_row(m: u32) -> u32 { return row_of(rows[selection.start + m]) - selection.lag; }

fn store(m: u32, n: u32, value: vec4<f32>) {
  let wanted = tokens[row_of(rows[selection.start + m])];
  for (var i = 0u; i < 4u; i++) { // unroll
    let token = shape.first + n + i;
    // The last column is the mask, which is no token of a text.
    if (token + 1u < shape.columns) {
      let logit = value[i];
      record = merge(record, Record(select(LOWEST, logit, token == wanted), f32(token), logit, 1.0, 0.0));
    }
  }
}
