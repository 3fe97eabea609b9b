// A draw from some of a row's tokens, with what it takes to merge it with a draw from others (output-sample.wgsl makes records,
// sample-merge.wgsl merges them). 20 bytes.
struct Record {
  // Best score, and its token: a number, exact below 2^24, since its bits as f32 would be a denormal, which some GPUs flush to 0.
  score: f32,
  token: f32,
  // Largest logit / T.
  largest: f32,
  // Sum of exp(logit / T - largest), and of (largest - logit / T) times that. The entropy of the law is
  // log(sum) + spread / sum: no term of it is negative, so nothing cancels.
  sum: f32,
  spread: f32,
}

// Below every score: logits beyond it are no logits.
const LOWEST: f32 = -3.0e38;
// A draw from no token.
const NOTHING: Record = Record(LOWEST, 0.0, LOWEST, 0.0, 0.0);

// The better of two draws with the sums of both; of equal scores the smaller token wins, so that order does not matter.
fn merge(a: Record, b: Record) -> Record {
  let largest = max(a.largest, b.largest);
  let a_scale = exp(a.largest - largest);
  let b_scale = exp(b.largest - largest);
  let sum = a.sum * a_scale + b.sum * b_scale;
  let spread = (a.spread + (largest - a.largest) * a.sum) * a_scale + (b.spread + (largest - b.largest) * b.sum) * b_scale;
  let better = b.score > a.score || (b.score == a.score && b.token < a.token);
  return Record(select(a.score, b.score, better), select(a.token, b.token, better), largest, sum, spread);
}
