/**
 * How good texts are. All measures are over the tokens 2 to L of a text: the first is what it begins with, which nobody
 * wrote and no model has a chance for. Whatever ends in them counts.
 */
import { entropyOf } from '../../gpu/kernels/sample/sample.reference.ts';
import { estimate, type Estimate } from './estimate.ts';

/**
 * Perplexity of texts: exp of the mean over texts of each text's mean of -log p(token | those before). The interval is that
 * of the mean of the logarithms, and then exp: perplexities themselves are too skewed for one.
 * @param nll mean over the tokens 2 to L of each text, nats; one for each text, at least one
 */
export function perplexity(nll: readonly number[]): Estimate {
  const { mean, low, high } = estimate(nll, 0);
  return {
    mean: Math.exp(mean),
    ...(low === undefined || high === undefined ? {} : { low: Math.exp(low), high: Math.exp(high) }),
  };
}

/**
 * Entropy of a text's own frequencies of tokens, nats: low where it repeats itself, at most log(L - 1).
 * @param text L token ids, of which the first is not counted
 */
export function unigramEntropy(text: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const token of text.slice(1)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return entropyOf(Float64Array.from(counts.values(), (count) => count / (text.length - 1)));
}

/**
 * distinct-n (Li et al., arXiv 1510.03055), of a text by itself: the share of different n-grams among its n-grams. 1 where
 * nothing comes twice; so too where the text is too short to have any.
 * @param text L token ids, of which the first is not counted
 */
export function distinct(text: readonly number[], n: number): number {
  const all = Math.max(0, text.length - n);
  if (all === 0) return 1;
  const grams = Array.from({ length: all }, (_, i) => text.slice(i + 1, i + 1 + n).join(' '));
  return new Set(grams).size / all;
}
