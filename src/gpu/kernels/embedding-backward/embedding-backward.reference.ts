/** Plain float64 gradient of an embedding: dE[tokens[row]] += dx[row]. dx [rows, hidden]; returns [vocabulary, hidden]. */
export function embeddingBackward(
  tokens: ArrayLike<number>,
  dx: ArrayLike<number>,
  { vocabulary, hidden }: { vocabulary: number; hidden: number },
): Float64Array {
  const gradient = new Float64Array(vocabulary * hidden);
  for (let i = 0; i < dx.length; i++) {
    gradient[tokens[Math.floor(i / hidden)] * hidden + (i % hidden)] += dx[i];
  }
  return gradient;
}
