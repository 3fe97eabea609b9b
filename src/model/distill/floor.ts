/**
 * What no student can go below: the targets of a masked position are random given what is masked, and one student law has to do
 * for all of them. With K draws q_1..q_K of the target, the mean over k of KL(p || q_k) is least at the normalised geometric mean
 * p(v) ~ exp(mean_k log q_k(v)), where it is minus the log of what normalises it.
 */
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';

/**
 * `targetFloor` of draws that are known by their mean alone.
 * @param means of log q over the draws, V, of which the last, the mask's, does not count
 */
export function floorOfMean(means: ArrayLike<number>): number {
  const normaliser = logSumExp(means, 0, means.length - 1);
  // By Jensen it is not negative; f32 targets whose chances add up to 1 + 1e-7 would make it so.
  return Math.max(0, -normaliser);
}

/**
 * The least mean kl-bwd that any law reaches against draws of one position's target: -log sum_v exp(mean_k log q_k(v)) over real
 * tokens, in float64.
 * @param logProbs K draws, each V log-probabilities whose last, the mask's, does not count; -Infinity is a chance of 0
 * @returns nats, at least 0; Infinity where the draws have no token in common
 * @throws Error where there are no draws
 */
export function targetFloor(logProbs: readonly ArrayLike<number>[]): number {
  if (logProbs.length === 0) throw new Error('a floor needs draws of the target');
  const means = Float64Array.from(
    { length: logProbs[0].length },
    (_, v) => logProbs.reduce((sum, draw) => sum + draw[v], 0) / logProbs.length,
  );
  if (means.subarray(0, -1).every((mean) => mean === -Infinity)) return Infinity;
  return floorOfMean(means);
}
