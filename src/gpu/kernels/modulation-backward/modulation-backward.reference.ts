/**
 * Plain float64 gradients of modulation and norm weights from sums over the rows of chunks.
 * @param partials [groups * chunks, stride], stride made of parts of `inner` columns: shift, scale, gate, ..., shift, scale
 * @param weight [sites, inner], a site for each shift
 * @param modulation [groups, stride]
 * @returns dmod [groups, stride] and dweight [sites, inner]
 */
export function modulationBackward(
  partials: ArrayLike<number>,
  weight: ArrayLike<number>,
  modulation: ArrayLike<number>,
  { inner, stride, groups }: { inner: number; stride: number; groups: number },
): { dmod: Float64Array; dweight: Float64Array } {
  const dmod = new Float64Array(groups * stride);
  const dweight = new Float64Array(weight.length);
  const chunks = partials.length / stride / groups;
  for (let g = 0; g < groups; g++) {
    for (let column = 0; column < stride; column++) {
      let sum = 0;
      for (let c = 0; c < chunks; c++) sum += partials[(g * chunks + c) * stride + column];
      const part = Math.floor(column / inner);
      const at = Math.floor(part / 3) * inner + (column % inner);
      const isScale = part % 3 === 1;
      dmod[g * stride + column] = isScale ? weight[at] * sum : sum;
      if (isScale) dweight[at] += (1 + modulation[g * stride + column]) * sum;
    }
  }
  return { dmod, dweight };
}
