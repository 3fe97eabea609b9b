/**
 * Perplexity of given texts. Of masked models it is bounded by the NELBO (MDLM, arXiv 2406.07524): the mean over times t in (0, 1]
 * of the sum over masked tokens of -log p(token) / t. Tokens are masked at chance 0.999 t, as in training, so that a thousandth
 * of them is never asked for: the figure is below the bound by that much, as every MDLM loss is. Of causal models it is exact. Either is over the tokens behind the first of each window: the first, BOS where there is one, is given to
 * both and never masked, so that the two compare.
 */
import { cancelledWords } from '../messages/cancelled.ts';
import { maskTokens, stratifiedTimes } from '../distill/corruption.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { Breath } from '../breath.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { bootstrapMeans } from './bootstrap.ts';
import { expOf, NORMAL_HALF, type Estimate } from './estimate.ts';
import { encodeInPieces } from './pieces.ts';
import { readMasked, type Answer, type Reading } from './reading.ts';

/**
 * Cut texts into windows. Each begins with BOS, in the middle of a text too, as the windows that the released models learned
 * from do; the last one of a text may be shorter. Without BOS a window's own first token is given.
 * @param length most tokens of a window, at least 2
 * @param tokenizer without one, texts are token ids separated by spaces
 * @param tell told how many windows there are so far, after each piece of a text; it may throw
 * @returns windows of 2 tokens or more; blank texts have none
 * @throws UnmaskError 'argument' for a text that has no tokens; 'aborted'
 */
export async function cutWindows(
  texts: readonly string[],
  length: number,
  tokenizer: Tokenizer | undefined,
  maskId: number,
  breath = new Breath(cancelledWords.evaluation),
  tell: (windows: number) => void = () => undefined,
): Promise<Uint32Array[]> {
  const begin = tokenizer?.bos === undefined ? [] : [tokenizer.bos];
  const step = length - begin.length;
  const windows: Uint32Array[] = [];
  for (const [i, text] of texts.entries()) {
    if (text.trim() === '') continue;
    let rest: number[] = [];
    for await (const ids of encodeInPieces(text, i + 1, tokenizer, maskId, breath)) {
      const all = rest.concat(ids);
      const whole = all.length - (all.length % step);
      for (let at = 0; at < whole; at += step)
        windows.push(Uint32Array.from([...begin, ...all.slice(at, at + step)]));
      rest = all.slice(whole);
      tell(windows.length);
    }
    const last = Uint32Array.from([...begin, ...rest]);
    if (rest.length > 0 && last.length > 1) windows.push(last);
    tell(windows.length);
  }
  return windows;
}

/** A window and a time: what is masked then is drawn when it is read, so that many of them take little memory. */
export interface BoundDraw {
  /** Clean ids. */
  tokens: Uint32Array;
  t: number;
  /** Address of the noise. */
  sample: number;
}

/**
 * The draws of a window, at times spread over (eps, 1].
 * @param options.seed integer in [0, 2^32)
 * @param options.window index of the window: it has noise of its own
 */
export function drawTimes(
  tokens: Uint32Array,
  { samplingEps }: Pick<ModelConfig, 'samplingEps'>,
  { draws, seed, window }: { draws: number; seed: number; window: number },
): BoundDraw[] {
  const first = window * draws;
  const times = stratifiedTimes(seed, first, draws, samplingEps);
  return Array.from(times, (t, draw) => ({ tokens, t, sample: first + draw }));
}

/** What a masked model reads of a draw: all but the first token may be masked. @param seed as in `drawTimes` */
export function readDraw(
  { tokens, t, sample }: BoundDraw,
  { vocabulary }: Pick<ModelConfig, 'vocabulary'>,
  seed: number,
): Reading {
  const maskId = vocabulary - 1;
  const { length } = tokens;
  const masked = maskTokens({ tokens, length, maskId, seed, firstSample: sample }, Float64Array.of(t));
  masked[0] = tokens[0];
  return readMasked(masked, tokens, { t, maskId });
}

/** The MDLM loss of one x_t, summed over its tokens, nats. */
export const mdlmLoss = ({ t }: Reading, { nll }: Answer): number =>
  nll.reduce((sum, value) => sum + value, 0) / t;

/** Losses of a window, summed over its tokens, nats: one for each draw, in the order of their times; one alone where it is exact. */
export interface WindowLoss {
  /** Tokens that count. */
  tokens: number;
  draws: readonly number[];
}

/** How likely texts are. */
export interface Bound {
  /** Nats per token; the interval is by the bootstrap over windows, whose losses have the noise of their draws in them. */
  nll: Estimate;
  /**
   * Half the 95 % interval of `nll` that comes of the draws alone. With few windows it covers somewhat less: what is masked at the
   * smallest times is rare and weighs much.
   */
  monteCarlo: number;
  /** exp of `nll`. Of draws of fewer than 8 windows `nll` has no interval, and this one's is that of the draws alone: of these texts. */
  perplexity: Estimate;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Variance of the mean over the draws of one window. Their times lie one in each of equal parts of (eps, 1], so what differs
 * by the time alone is no noise. Neighbours share nearly one time: draws are taken in pairs, a last odd one with the pair
 * before it, and only what differs within a pair counts (collapsed strata; Cochran, "Sampling Techniques", 5A.12). What is
 * left of the trend makes it somewhat larger, never smaller.
 */
export function drawVariance(draws: readonly number[]): number {
  const { length } = draws;
  if (length < 2) return 0;
  let sum = 0;
  for (let at = 0; at + 1 < length; at += 2) {
    const group = draws.slice(at, at + 3 === length ? length : at + 2);
    const middle = mean(group);
    const squares = group.reduce((total, value) => total + (value - middle) ** 2, 0);
    sum += (group.length * squares) / (group.length - 1);
  }
  return sum / length ** 2;
}

/**
 * Perplexity of windows.
 * @param windows at least one
 * @param seed of the resampling
 */
export function boundOf(windows: readonly WindowLoss[], seed = 0): Bound {
  const weights = windows.map(({ tokens }) => tokens);
  const counted = weights.reduce((sum, tokens) => sum + tokens, 0);
  const losses = windows.map(({ draws }) => mean(draws));
  const [nll] = bootstrapMeans([losses], { seed, weights });
  const variance = windows.reduce((sum, { draws }) => sum + drawVariance(draws), 0);
  const monteCarlo = (NORMAL_HALF * Math.sqrt(variance)) / counted;
  const ofDraws = nll.low === undefined && monteCarlo > 0;
  return {
    ...{ nll, monteCarlo },
    perplexity: expOf(
      // No perplexity is below 1.
      ofDraws
        ? { mean: nll.mean, low: Math.max(0, nll.mean - monteCarlo), high: nll.mean + monteCarlo }
        : nll,
    ),
  };
}
