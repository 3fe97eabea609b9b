import { forEachQuery, softmax, type AttentionReferenceShape } from '../attention/attention.reference.ts';

/**
 * What the positions of one text read in one head, in plain float64: softmax(q k / sqrt(size)).
 * @param qkv [length, 3, heads, size]; v is not read
 * @param head of the shape's heads, from 0
 * @returns [length, length]; row i is of query i, and 0 behind key i where attention is causal
 */
export function attentionWeights(
  qkv: ArrayLike<number>,
  shape: Omit<AttentionReferenceShape, 'samples'>,
  head: number,
): Float64Array {
  const { length } = shape;
  const weights = new Float64Array(length * length);
  forEachQuery(qkv, { ...shape, samples: 1 }, (scores, _sample, of, query) => {
    if (of === head) weights.set(softmax(scores), query * length);
  });
  return weights;
}
