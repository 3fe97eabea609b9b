/** Which rows take their tokens under the confidence sampler: plain TypeScript, which kernel and sampler are tested against. */

/**
 * Order proposals by their probability, the most probable first; of equal ones the first, which is the lower row where they
 * are given by row.
 * @returns indices of the proposals
 */
export function byConfidence(proposals: readonly { readonly probability: number }[]): number[] {
  // The sort is stable.
  return [...proposals.keys()].sort((a, b) => proposals[b].probability - proposals[a].probability);
}
