/**
 * The log-linear forward process of masked diffusion: at time t a token is masked with chance 0.999 t.
 * Source: MDLM (arXiv 2406.07524, the log-linear schedule of its experiments); the students of SDTT (arXiv 2410.21035)
 * keep it. The 0.999 keeps sigma finite at t = 1; in the ratio s / t of a reverse step it cancels.
 */

/** Chance that a token is masked at t = 1. */
export const MASK_CHANCE_AT_ONE = 0.999;

/** Chance that a token is masked at time t in [0, 1]. */
export function maskChance(t: number): number {
  return MASK_CHANCE_AT_ONE * t;
}

/**
 * Total noise at time t, with exp(-sigma) the chance to be unmasked: what a time-conditioned network is told.
 * From 0 at t = 0 to 6.9 at t = 1.
 */
export function sigma(t: number): number {
  return -Math.log1p(-maskChance(t));
}

/**
 * Times of the reverse process, from 1 down to eps: t_i = 1 - i (1 - eps) / steps for i = 0..steps.
 * The last is eps itself, not what rounding makes of it.
 * @param eps `sampling_eps` of the checkpoint, 1e-5 in the released ones
 * @returns steps + 1 times
 */
export function timeGrid(steps: number, eps: number): Float64Array {
  const grid = Float64Array.from({ length: steps + 1 }, (_, i) => 1 - (i * (1 - eps)) / steps);
  grid[steps] = eps;
  return grid;
}

/** A masked position and the uniform in (0, 1) that decides when it unmasks. */
export interface PositionUniform {
  position: number;
  u: number;
}
