/**
 * Plain float64 attention.
 * @param shape.causal whether a row sees those behind it no more (default false)
 * @param qkv [samples * length, 3, heads, size]
 * @returns [samples * length, heads, size]
 */
export function attention(
  qkv: ArrayLike<number>,
  shape: { samples: number; length: number; heads: number; size: number; causal?: boolean },
): Float64Array {
  const { samples, length, heads, size, causal = false } = shape;
  const width = heads * size;
  const y = new Float64Array(samples * length * width);
  const at = (sample: number, row: number, part: number, head: number): number =>
    (sample * length + row) * 3 * width + part * width + head * size;
  for (let b = 0; b < samples; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < length; i++) {
        const scores = Array.from({ length: causal ? i + 1 : length }, (_, j) => {
          let score = 0;
          for (let c = 0; c < size; c++) score += qkv[at(b, i, 0, h) + c] * qkv[at(b, j, 1, h) + c];
          return score / Math.sqrt(size);
        });
        const largest = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - largest));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let c = 0; c < size; c++) {
          let sum = 0;
          for (let j = 0; j < weights.length; j++) sum += weights[j] * qkv[at(b, j, 2, h) + c];
          y[(b * length + i) * width + h * size + c] = sum / total;
        }
      }
    }
  }
  return y;
}
