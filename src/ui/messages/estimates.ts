import { localised } from './localised.ts';

/** Means over texts, as all figures and tables write them; the numbers come as they are written. */
export const estimates = localised({
  /** From the low end to the high one. */
  interval: (low: string, high: string) => `${low} to ${high}`,
  within: (mean: string, interval: string) => `${mean} (${interval})`,
});
