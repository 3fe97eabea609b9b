/** What attention is computed of. */
export interface AttentionReferenceShape {
  samples: number;
  length: number;
  heads: number;
  size: number;
  /** Each query sees only the keys up to its own position. */
  causal?: boolean;
}

/** Where a vector of qkv [samples * length, 3, heads, size] begins; part 0 is q, 1 k, 2 v. */
export function qkvAt(
  { length, heads, size }: AttentionReferenceShape,
  sample: number,
  position: number,
  part: number,
  head: number,
): number {
  return ((sample * length + position) * 3 + part) * heads * size + head * size;
}

/** Calls back with the scores q k / sqrt(size) of each query of each head, one for each key that it sees. */
export function forEachQuery(
  qkv: ArrayLike<number>,
  shape: AttentionReferenceShape,
  visit: (scores: number[], sample: number, head: number, query: number) => void,
): void {
  const { samples, length, heads, size, causal = false } = shape;
  for (let b = 0; b < samples; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < length; i++) {
        const q = qkvAt(shape, b, i, 0, h);
        const scores = Array.from({ length: causal ? i + 1 : length }, (_, j) => {
          const k = qkvAt(shape, b, j, 1, h);
          let score = 0;
          for (let c = 0; c < size; c++) score += qkv[q + c] * qkv[k + c];
          return score / Math.sqrt(size);
        });
        visit(scores, b, h, i);
      }
    }
  }
}

/** log of the sum of exp(score), natural. */
export function logSumExp(scores: readonly number[]): number {
  const largest = Math.max(...scores);
  return largest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - largest), 0));
}

/** exp(score) of each, divided by their sum. */
export function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * Plain float64 attention.
 * @param qkv [samples * length, 3, heads, size]
 * @returns [samples * length, heads, size]
 */
export function attention(qkv: ArrayLike<number>, shape: AttentionReferenceShape): Float64Array {
  const { length, heads, size } = shape;
  const y = new Float64Array(qkv.length / 3);
  forEachQuery(qkv, shape, (scores, b, h, i) => {
    const weights = softmax(scores);
    for (let c = 0; c < size; c++) {
      let sum = 0;
      weights.forEach((weight, j) => (sum += weight * qkv[qkvAt(shape, b, j, 2, h) + c]));
      y[((b * length + i) * heads + h) * size + c] = sum;
    }
  });
  return y;
}

/** Log-sum-exp of the scores of each query, natural: [samples * length, heads]. */
export function attentionLse(qkv: ArrayLike<number>, shape: AttentionReferenceShape): Float64Array {
  const lse = new Float64Array(shape.samples * shape.length * shape.heads);
  forEachQuery(qkv, shape, (scores, b, h, i) => {
    lse[(b * shape.length + i) * shape.heads + h] = logSumExp(scores);
  });
  return lse;
}
