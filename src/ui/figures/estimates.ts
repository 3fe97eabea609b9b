/** Means with their intervals in words, and what they span on an axis. */
import type { Estimate } from '../../worker/evaluate/result.ts';
import { LOCALE } from '../../words/language.ts';
import { measured } from '../messages/measured.ts';
import { fixed, powerOfTen } from '../../words/numbers.ts';

/** Three digits that say something: "4.44", "107", "6,680"; beyond a million with a power of ten, "8.16 × 10¹³". */
export const threeDigits = (value: number): string =>
  value >= 1e6 && Number.isFinite(value)
    ? powerOfTen(value, 3)
    : value.toLocaleString(LOCALE, { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/** Two decimals, as entropies in nats and shares have them. */
export const twoDecimals = (value: number): string => fixed(value, 2);

/** A mean over texts, and its interval where there is one. */
export interface EstimateText {
  mean: string;
  /** "30.1 to 35.8" */
  interval: string | undefined;
}

/** @param write how its numbers are written; an end of an interval that is no number has no interval */
export function estimateText({ mean, low, high }: Estimate, write: (value: number) => string): EstimateText {
  const known = low !== undefined && high !== undefined && Number.isFinite(high);
  return { mean: write(mean), interval: known ? measured.range(write(low), write(high)) : undefined };
}

/** "32.8 (30.1 to 35.8)" */
export function inOne({ mean, interval }: EstimateText): string {
  return interval === undefined ? mean : measured.within(mean, interval);
}

/** Least that an axis of entropies spans, nats: less than this is little between texts of one length. */
export const LEAST_ENTROPY_SPAN = 0.5;

/** All that an estimate spans, for the axis that it is to fit on. */
export const reach = ({ mean, low, high }: Estimate): number[] =>
  [mean, low, high].filter((value): value is number => value !== undefined);
