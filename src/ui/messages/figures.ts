import { localised } from './localised.ts';

/** How measured values are written: numbers come as texts, with as many digits as say something. */
export const figures = localised({
  /** From the low end of an interval to its high end. */
  interval: (low: string, high: string) => `${low} to ${high}`,
  /** A mean, and its interval. */
  mean: (mean: string, interval: string) => `${mean} (${interval})`,
});
