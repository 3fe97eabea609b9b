/**
 * The rest of a run that begins in the middle, with an x_t that may have been changed by hand: when the slots come that
 * are masked in it.
 *
 * A slot that nobody touched has its uniform u below the time t of x_t and keeps it. One that was masked again has had
 * its time: it gets new ones, u w1, u w1 w2, ... with a fresh uniform w for each, until one lies below t. Whatever
 * number in [t, 1) came before, the one that stays is uniform on (0, t), as that of any slot masked at t: the rest has
 * the exact law also where slots are chosen by when they came. (t (u - t) / (1 - t) would be uniform too, but only for
 * slots chosen blindly: what came last would come last again.) And since the numbers do not depend on t, a run that is
 * taken up twice finds the times of the first time.
 */
import { planBits, uniform } from '../../gpu/random.ts';
import type { PositionUniform } from './schedule.ts';

/** Where a run begins that begins in the middle. */
export interface RunStart {
  /** Nominal step that x_t is the outcome of, from 0; first-hitting: passes that were taken. */
  step: number;
  /**
   * Time of x_t, read by first-hitting alone, whose times lie on no grid: that of the pass before. Default: what the
   * plan of a run that nobody changed says.
   */
  t?: number;
  /**
   * Slots that held a token before the run of x_t began (default: none). First-hitting finds t with them, and the
   * confidence sampler, which chooses slots itself, how many tokens came.
   */
  given?: readonly number[];
}

/** The uniform of a position in the plan of a run from its start. */
export const planUniform = (seed: number, sample: number, position: number): number =>
  uniform(planBits(seed, sample, position));

/** When a position comes that is masked at time t: its own uniform, or the first of the new ones that is below t. */
export function timeBelow(t: number, seed: number, sample: number, position: number): number {
  let time = planUniform(seed, sample, position);
  for (let again = 1; time >= t; again++) time *= uniform(planBits(seed, sample, position, again));
  return time;
}

/** Masked positions with their times below t. */
export function restUniforms(
  masked: readonly number[],
  t: number,
  seed: number,
  sample: number,
): PositionUniform[] {
  return masked.map((position) => ({ position, u: timeBelow(t, seed, sample, position) }));
}

/**
 * As `restUniforms`, for the confidence sampler, in whose plan uniforms are counted and not tied to slots: a masked slot
 * whose own is not below t takes that of a slot in which a token came instead, while there are any, so that a run that
 * nobody changed goes on with the counts that it had.
 * @param own uniforms of all slots that were not given
 */
export function restCounts(
  masked: readonly number[],
  own: readonly PositionUniform[],
  t: number,
  seed: number,
  sample: number,
): PositionUniform[] {
  const isMasked = new Set(masked);
  const left = own.filter(({ position, u }) => u < t && !isMasked.has(position)).map(({ u }) => u);
  return masked.map((position) => {
    const u = planUniform(seed, sample, position);
    return { position, u: u < t ? u : (left.shift() ?? timeBelow(t, seed, sample, position)) };
  });
}
