/** The floor of the draws of one position's target, in float64 and straight from its definition. */
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';
import { floorOfMean } from './floor.ts';

type Draws = readonly ArrayLike<number>[];

const meanOf = (draws: Draws): Float64Array =>
  Float64Array.from(
    { length: draws[0].length },
    (_, v) => draws.reduce((sum, draw) => sum + draw[v], 0) / draws.length,
  );

/**
 * The least mean kl-bwd that any law reaches against draws of one position's target.
 * @param draws K of them, each V log-probabilities whose last, the mask's, does not count; -Infinity is a chance of 0
 * @returns nats, at least 0; Infinity where the draws have no token in common
 * @throws Error where there are no draws
 */
export function targetFloor(draws: Draws): number {
  if (draws.length === 0) throw new Error('a floor needs draws of the target');
  const means = meanOf(draws);
  if (means.subarray(0, -1).every((mean) => mean === -Infinity)) return Infinity;
  return floorOfMean(means);
}

/**
 * Each draw held against the normalised geometric mean of all others: the mean of KL(p_-k || q_k).
 * @param draws as in `targetFloor`, finite
 * @throws Error where there are fewer than two
 */
export function targetCeiling(draws: Draws): number {
  if (draws.length < 2) throw new Error('an upper bound of a floor needs two draws of the target');
  const divergences = draws.map((draw, k) => {
    const others = meanOf(draws.filter((_, other) => other !== k));
    const normaliser = logSumExp(others, 0, others.length - 1);
    return others
      .subarray(0, -1)
      .reduce((sum, log, v) => sum + Math.exp(log - normaliser) * (log - normaliser - draw[v]), 0);
  });
  return divergences.reduce((sum, one) => sum + one, 0) / draws.length;
}
