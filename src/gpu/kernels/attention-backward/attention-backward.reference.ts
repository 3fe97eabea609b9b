import {
  forEachQuery,
  logSumExp,
  qkvAt,
  type AttentionReferenceShape,
} from '../attention/attention.reference.ts';
import { rotate } from '../gemm/gemm.reference.ts';

/**
 * Plain float64 backward of attention over rotated queries and keys.
 * @param qkv [samples * length, 3, heads, size], q and k rotated by their positions
 * @param dy gradient of the output, [samples * length, heads, size]
 * @returns gradient of q, k and v as they were before the rotation, shaped as qkv
 */
export function attentionBackward(
  qkv: ArrayLike<number>,
  dy: ArrayLike<number>,
  shape: AttentionReferenceShape,
): Float64Array {
  const { length, heads, size } = shape;
  const dqkv = new Float64Array(qkv.length);
  forEachQuery(qkv, shape, (scores, b, h, i) => {
    const out = ((b * length + i) * heads + h) * size;
    const lse = logSumExp(scores);
    const p = scores.map((score) => Math.exp(score - lse));
    const dp = p.map((_, j) => {
      const v = qkvAt(shape, b, j, 2, h);
      let sum = 0;
      for (let c = 0; c < size; c++) sum += dy[out + c] * qkv[v + c];
      return sum;
    });
    // The sum over keys of p dp is dy y.
    const delta = p.reduce((sum, value, j) => sum + value * dp[j], 0);
    const q = qkvAt(shape, b, i, 0, h);
    for (let j = 0; j < p.length; j++) {
      const ds = (p[j] * (dp[j] - delta)) / Math.sqrt(size);
      const [k, v] = [qkvAt(shape, b, j, 1, h), qkvAt(shape, b, j, 2, h)];
      for (let c = 0; c < size; c++) {
        dqkv[q + c] += ds * qkv[k + c];
        dqkv[k + c] += ds * qkv[q + c];
        dqkv[v + c] += p[j] * dy[out + c];
      }
    }
  });
  return rotateParts(dqkv, shape, -1);
}

/**
 * Rotates q and k of every head by their positions, or back, which is the transpose: the angles of negative positions.
 * @param qkv [samples * length, 3, heads, size]; left as it was
 */
export function rotateParts(
  qkv: ArrayLike<number>,
  shape: AttentionReferenceShape,
  direction: 1 | -1,
): Float64Array {
  const { samples, length, heads, size } = shape;
  const rotated = Float64Array.from(qkv);
  for (let row = 0; row < samples * length; row++) {
    for (let vector = 0; vector < 2 * heads; vector++) {
      const at = (row * 3 * heads + vector) * size;
      rotated.set(rotate(rotated.subarray(at, at + size), direction * (row % length)), at);
    }
  }
  return rotated;
}
