/**
 * What no student can go below: the targets of a masked position are random given what is masked, and one student law has to do
 * for all of them. With K draws q_1..q_K of the target, the mean over k of KL(p || q_k) is least at the normalised geometric mean
 * p(v) ~ exp(mean_k log q_k(v)), where it is minus the log of what normalises it.
 *
 * Of finitely many draws that is too low on average: the law that reaches it was fitted to these very draws. Each draw held
 * against the geometric mean of the K - 1 others is too high on average, as one from fewer draws that has not seen this one. Both
 * errors are about c / K, so that the mean of the two is nearly unbiased.
 */
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';

/**
 * The least mean kl-bwd that any law reaches against draws of one position's target: -log sum_v exp(mean_k log q_k(v)).
 * @param means of log q over the draws, V, of which the last, the mask's, does not count
 * @returns nats, at least 0
 */
export function floorOfMean(means: ArrayLike<number>): number {
  const normaliser = logSumExp(means, 0, means.length - 1);
  // By Jensen it is not negative; f32 targets whose chances add up to 1 + 1e-7 would make it so.
  return Math.max(0, -normaliser);
}

/**
 * Divergence of the normalised geometric mean of all other draws from one that was left out.
 * @param means of log q over all K draws, V, of which the last, the mask's, does not count; finite
 * @param draw log q of the one that is left out, V
 * @param count K, at least 2
 * @returns nats, at least 0 but for rounding
 */
export function leftOutDivergence(means: ArrayLike<number>, draw: ArrayLike<number>, count: number): number {
  const others = (v: number): number => means[v] + (means[v] - draw[v]) / (count - 1);
  const maskId = means.length - 1;
  let largest = -Infinity;
  for (let v = 0; v < maskId; v++) largest = Math.max(largest, others(v));
  let [mass, sum] = [0, 0];
  for (let v = 0; v < maskId; v++) {
    const log = others(v);
    const p = Math.exp(log - largest);
    mass += p;
    sum += p * (log - draw[v]);
  }
  return sum / mass - largest - Math.log(mass);
}

/** What K draws say of the least mean kl-bwd that there is. */
export interface FloorBounds {
  /** The least that any law reaches against these draws: on average too low. */
  floor: number;
  /** Each draw held against the others, averaged: on average too high, and never below `floor`. */
  upper: number;
  /** The mean of both. */
  estimate: number;
}

/** What stands between two bounds of a floor. */
export const boundsOf = (floor: number, upper: number): FloorBounds => ({
  ...{ floor, upper, estimate: (floor + upper) / 2 },
});
