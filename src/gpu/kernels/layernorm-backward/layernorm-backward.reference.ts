/** What layernorm-backward.wgsl computes. */
export interface LayerNormGradients {
  /** [rows, inner], to be added where gradients accumulate. */
  dx: Float64Array;
  /** [chunks, partialStride]; 0 but for the columns of this norm's shift and scale. */
  partials: Float64Array;
}

/**
 * Plain float64 backward of layernorm(x) * weight * (1 + scale) + shift, by the chain rule through mean and deviation.
 * @param x [samples * length, inner]
 * @param dh gradient of the output, [samples * length, inner]
 * @param modulation [samples, stride]; stride 0 where all share one row
 * @param s.chunkRows rows whose sums are kept together; chunks of a sample follow each other
 */
export function layerNormBackward(
  x: ArrayLike<number>,
  dh: ArrayLike<number>,
  weight: ArrayLike<number>,
  modulation: ArrayLike<number>,
  s: {
    inner: number;
    length: number;
    stride: number;
    shift: number;
    scale: number;
    partialStride: number;
    chunkRows: number;
  },
): LayerNormGradients {
  const { inner, length } = s;
  const rows = x.length / inner;
  const perSample = Math.ceil(length / s.chunkRows);
  const dx = new Float64Array(x.length);
  const partials = new Float64Array((rows / length) * perSample * s.partialStride);
  for (let row = 0; row < rows; row++) {
    const sample = Math.floor(row / length);
    const chunk = sample * perSample + Math.floor((row % length) / s.chunkRows);
    const values = Array.from({ length: inner }, (_, k) => x[row * inner + k]);
    const mean = values.reduce((sum, value) => sum + value / inner, 0);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / inner, 0);
    const rstd = 1 / Math.sqrt(variance + 1e-5);
    const xhat = values.map((value) => (value - mean) * rstd);
    const dxhat = xhat.map(
      (_, k) => dh[row * inner + k] * weight[k] * (1 + modulation[sample * s.stride + s.scale + k]),
    );
    const meanGradient = dxhat.reduce((sum, value) => sum + value / inner, 0);
    const meanProduct = dxhat.reduce((sum, value, k) => sum + (value * xhat[k]) / inner, 0);
    for (let k = 0; k < inner; k++) {
      dx[row * inner + k] = rstd * (dxhat[k] - meanGradient - xhat[k] * meanProduct);
      partials[chunk * s.partialStride + s.shift + k] += dh[row * inner + k];
      partials[chunk * s.partialStride + s.scale + k] += dh[row * inner + k] * xhat[k];
    }
  }
  return { dx, partials };
}
