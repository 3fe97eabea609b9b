import type { FloorReport } from './result.ts';

/**
 * How much was learned of what there is to learn: 0 for the student that a round begins with, 1 at the floor. Noise of the texts
 * may lead beyond both.
 * @param loss on held-out texts
 * @returns undefined where there is nothing to learn
 */
export function gapClosed(
  { untrained, estimate }: Pick<FloorReport, 'untrained' | 'estimate'>,
  loss: number,
): number | undefined {
  return untrained > estimate ? (untrained - loss) / (untrained - estimate) : undefined;
}
