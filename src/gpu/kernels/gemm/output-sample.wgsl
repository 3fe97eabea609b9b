// GEMM output: draws a token from each chosen row's softmax(logits / T) over real tokens; no logit is stored.
// The token is argmin E / p = argmax (logit / T - log E), so no normaliser is needed (random.wgsl). Each tile leaves
// one record a row (record.wgsl), merged by sample-merge.wgsl.
// records [count, tiles]
// rows    entries (selection.wgsl); an argmax row (the final pass) is drawn without noise.
// Put behind random.wgsl, selection.wgsl and record.wgsl, with finish-sample-tile.wgsl or finish-sample-row.wgsl, which write
// the records.

@group(0) @binding(5) var<storage, read_write> records: array<Record>;
@group(0) @binding(6) var<storage, read> rows: array<u32>;
@group(0) @binding(7) var<uniform> selection: Selection;

// The draw of the outputs that this thread has stored since the last record.
var<private> record: Record = NOTHING;

fn row_count() -> u32 { return selection.count; }
fn input_row(m: u32) -> u32 { return row_of(rows[selection.start + m]) - selection.lag; }

fn store(m: u32, n: u32, value: vec4<f32>) {
  let column = shape.first + n;
  let entry = rows[selection.start + m];
  let row = row_of(entry);
  let noisy = is_noisy(entry);
  let sample_index = selection.first_sample + row / shape.length;
  for (var pair = 0u; pair < 2u; pair++) { // unroll
    var bits = vec2<u32>(0u);
    if (noisy) { bits = token_bits_pair(selection.seed, sample_index, row % shape.length, selection.draw, column / 2u + pair); }
    for (var i = 0u; i < 2u; i++) { // unroll
      let token = column + 2u * pair + i;
      // The last column is the mask: SUBS gives it no probability.
      if (token + 1u < shape.columns) {
        let logit = value[2u * pair + i] * selection.inverse_temperature;
        var score = logit;
        if (noisy) { score -= log_exponential(bits[i]); }
        record = merge(record, Record(score, f32(token), logit, 1.0, 0.0));
      }
    }
  }
}
