/**
 * How good texts are. All measures are over positions of a text that are named, such as those that a model wrote, and by
 * default over the tokens 2 to L: the first is what it begins with, for which no causal model has a chance. Whatever ends in
 * them counts.
 */
import { entropyOf } from '../../gpu/kernels/sample/sample.reference.ts';
import { estimate, type Estimate } from './estimate.ts';

/** Positions of a text behind its first token. */
const behindFirst = (text: readonly number[]): number[] => [...text.keys()].slice(1);

/**
 * Perplexity of texts: exp of the mean over texts of each text's mean of -log p(token | those before). The interval is that
 * of the mean of the logarithms, and then exp: perplexities themselves are too skewed for one.
 * @param nll mean over the tokens of each text that count, nats; one for each text, at least one
 */
export function perplexity(nll: readonly number[]): Estimate {
  const { mean, low, high } = estimate(nll, 0);
  return {
    mean: Math.exp(mean),
    ...(low === undefined || high === undefined ? {} : { low: Math.exp(low), high: Math.exp(high) }),
  };
}

/**
 * Entropy of a text's own frequencies of tokens, nats: low where it repeats itself, at most the log of their number.
 * @param text L token ids
 * @param positions those that count, at least one
 */
export function unigramEntropy(text: readonly number[], positions = behindFirst(text)): number {
  const counts = new Map<number, number>();
  for (const position of positions) counts.set(text[position], (counts.get(text[position]) ?? 0) + 1);
  return entropyOf(Float64Array.from(counts.values(), (count) => count / positions.length));
}

/**
 * distinct-n (Li et al., arXiv 1510.03055), of a text by itself: the share of different n-grams among its n-grams. 1 where
 * nothing comes twice; so too where the text is too short to have any.
 * @param text L token ids, the first of which is in no n-gram
 * @param positions an n-gram counts where its last token is at one of them
 */
export function distinct(text: readonly number[], n: number, positions = behindFirst(text)): number {
  const grams = positions
    .filter((position) => position >= n)
    .map((position) => text.slice(position + 1 - n, position + 1).join(' '));
  return grams.length === 0 ? 1 : new Set(grams).size / grams.length;
}
