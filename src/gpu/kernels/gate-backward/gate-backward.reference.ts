/**
 * Plain float64 backward of x' = x + gate * p.
 * @param dx gradient of x', [samples * length, inner]
 * @param p [samples * length, inner]
 * @param modulation [samples, stride]; stride 0 where all share one row
 * @param s.chunkRows rows whose sums are kept together; chunks of a sample follow each other
 * @returns dp, as p, and partials [chunks, partialStride], 0 but for the columns of this gate
 */
export function gateBackward(
  dx: ArrayLike<number>,
  p: ArrayLike<number>,
  modulation: ArrayLike<number>,
  s: {
    inner: number;
    length: number;
    stride: number;
    gate: number;
    partialStride: number;
    chunkRows: number;
  },
): { dp: Float64Array; partials: Float64Array } {
  const { inner, length } = s;
  const perSample = Math.ceil(length / s.chunkRows);
  const partials = new Float64Array((p.length / inner / length) * perSample * s.partialStride);
  const dp = Float64Array.from(p, (value, i) => {
    const [row, k] = [Math.floor(i / inner), i % inner];
    const sample = Math.floor(row / length);
    const chunk = sample * perSample + Math.floor((row % length) / s.chunkRows);
    partials[chunk * s.partialStride + s.gate + k] += dx[i] * value;
    return dx[i] * modulation[sample * s.stride + s.gate + k];
  });
  return { dp, partials };
}
