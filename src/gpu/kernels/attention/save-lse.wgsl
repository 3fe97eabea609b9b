// Attention that keeps lse [rows, heads] for its backward: log of the sum over a query's keys of exp(score), natural, score =
// q k / sqrt(HEAD_SIZE).
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;

fn save(at: u32, largest: f32, sum: f32) { lse[at] = largest + log(sum); }
