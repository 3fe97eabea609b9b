/**
 * Guess the last word of a text, by the protocol of `eval_lambada` in the released code of SDTT (arXiv 2410.21035); the task
 * is LAMBADA's (arXiv 1606.06031).
 *
 * Prefix and suffix. The suffix is what begins with the last blank: " word", or " word." with what ends it. Both are
 * tokenised by themselves, the suffix with its blank, since in byte-level vocabularies a word within a text is the token that
 * has the blank in it. The text is BOS, prefix, suffix and an ending, as far as the tokenizer has these. Where it is too long the
 * prefix loses its beginning, and BOS stays.
 *
 * The ending is always visible, never masked and never counted. In the protocol it is EOS, since windows that the released models
 * learned from are enclosed by BOS and EOS. It tells masked models that the word ends there. To models that have never seen a
 * word without a full stop before EOS it tells something false, and they hardly ever guess the word; so there is a choice.
 *
 * Masked models guess greedily: the suffix is masked, and after one pass the likeliest real token of every
 * slot must be the true one. The suffix's likelihood is bounded by the NELBO of the suffix alone: at a time t a token of it is
 * masked with chance 0.999 t, and the masked ones count with dsigma / expm1(sigma), which is 1 / t for log-linear noise; the mean
 * is over times spread evenly over (eps, 1].
 *
 * Causal models read the same text once. Each token of the suffix must be the likeliest behind the true ones before it, which is
 * where greedy writing goes if it goes right; the likelihood is exact. They do not see the ending: no row that is asked for looks
 * that far.
 */
import { maskTokens, stratifiedTimes } from '../distill/corruption.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { encodeText } from '../distill/data.ts';
import { refuse } from '../arguments.ts';
import { textWords as words } from '../messages/evaluate/texts.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { readMasked, readOnwards, type Answer, type Reading } from './reading.ts';

/** What stands behind a last word, visible to masked models: the EOS of the protocol, a full stop without EOS, or nothing. */
export type Ending = 'eos' | 'full stop' | 'nothing';

/** A text as a model reads it, and where its last word stands. */
export interface LastWord {
  /** Clean ids: BOS, prefix, suffix, ending. */
  tokens: Uint32Array;
  /** Positions of the suffix, the ending left out: from `first` to before `end`. */
  first: number;
  end: number;
}

/**
 * A text before its last word, and that word with the blank before it; what is blank at the end goes.
 * @returns undefined for a text of fewer than two words
 */
export function splitLastWord(text: string): [prefix: string, suffix: string] | undefined {
  const trimmed = text.trimEnd();
  const at = trimmed.search(/\s\S+$/);
  if (at < 0 || trimmed.slice(0, at).trim() === '') return undefined;
  return [trimmed.slice(0, at), trimmed.slice(at)];
}

/** A text that ends in this has its own stop, within quotation marks too. */
const STOPPED = /[.!?]["'\u2019\u201d)]*$/;

/** Ids of what stands behind a text. @throws UnmaskError 'argument' for a full stop without a tokenizer to write it */
function endingIds(
  ending: Ending,
  text: string,
  tokenizer: Tokenizer | undefined,
  { name }: Pick<ModelConfig, 'name'>,
): number[] {
  switch (ending) {
    case 'eos':
      return tokenizer?.eos === undefined ? [] : [tokenizer.eos];
    case 'full stop':
      if (!tokenizer) throw refuse(words.noFullStop(name));
      return STOPPED.test(text.trimEnd()) ? [] : tokenizer.encode('.');
    case 'nothing':
      return [];
  }
}

/**
 * A text in the tokens of a model.
 * @param text of two words or more
 * @param number of the text, for messages
 * @param tokenizer without one, the text is token ids separated by spaces, and there is neither BOS nor EOS
 * @param ending what stands behind the last word; a text that has a stop of its own gets no second one
 * @throws UnmaskError 'argument' for a text without tokens, or whose last word leaves no room for a token before it
 */
export function lastWord(
  text: string,
  number: number,
  tokenizer: Tokenizer | undefined,
  config: Pick<ModelConfig, 'length' | 'vocabulary' | 'name'>,
  ending: Ending,
): LastWord {
  const { length, vocabulary, name } = config;
  const encode = (part: string): number[] => encodeText(part, number, tokenizer, vocabulary - 1);
  const split = splitLastWord(text);
  if (!split) throw refuse(words.noLastWord(number));
  const [prefix, suffix] = split.map(encode);
  const bos = tokenizer?.bos === undefined ? [] : [tokenizer.bos];
  const behind = endingIds(ending, text, tokenizer, config);
  const room = length - bos.length - suffix.length - behind.length;
  if (room < 1) {
    throw refuse(words.lastWordTooLong(number, suffix.length, name, length));
  }
  const kept = prefix.slice(-room);
  const first = bos.length + kept.length;
  return {
    tokens: Uint32Array.from([...bos, ...kept, ...suffix, ...behind]),
    first,
    end: first + suffix.length,
  };
}

/** What a model is asked about a last word. */
export interface LastWordPlan {
  /** The first is the one by which the word is guessed. */
  readings: Reading[];
  /** For each reading the weight of its -log p in that of the suffix. */
  weights: number[];
}

/** A causal model reads the text once. */
export function causalPlan({ tokens, first, end }: LastWord): LastWordPlan {
  return { readings: [readOnwards(tokens, first, end)], weights: [1] };
}

/** Maskings of a last word at times. */
export interface Maskings {
  t: ArrayLike<number>;
  /** For each time x_t, L ids: masked are some tokens of the suffix or none. */
  masked: readonly Uint32Array[];
}

/**
 * Maskings of a suffix: times spread over (eps, 1], a draw of masks at each.
 * @param seed integer in [0, 2^32)
 * @param item index of the text: it has noise of its own
 */
export function drawMaskings(
  { tokens, first, end }: LastWord,
  { vocabulary, samplingEps }: Pick<ModelConfig, 'vocabulary' | 'samplingEps'>,
  { draws, seed, item }: { draws: number; seed: number; item: number },
): Maskings {
  const firstSample = item * draws;
  const t = stratifiedTimes(seed, firstSample, draws, samplingEps);
  const maskId = vocabulary - 1;
  const suffix = tokens.subarray(first, end);
  return {
    t,
    masked: Array.from(t, (time, draw) => {
      const masked = tokens.slice();
      const batch = { tokens: suffix, length: suffix.length, maskId, seed, firstSample: firstSample + draw };
      masked.set(maskTokens(batch, Float64Array.of(time)), first);
      return masked;
    }),
  };
}

/**
 * A masked model reads the text with its suffix masked, and once for each masking. Without time conditioning a masking is
 * read once however often it was drawn: a suffix of k tokens has 2^k of them at most.
 */
export function maskedPlan(
  { tokens, first, end }: LastWord,
  { t, masked }: Maskings,
  { vocabulary, timeConditioning }: Pick<ModelConfig, 'vocabulary' | 'timeConditioning'>,
): LastWordPlan {
  const maskId = vocabulary - 1;
  const readings: Reading[] = [readMasked(tokens.slice().fill(maskId, first, end), tokens, { t: 1, maskId })];
  const weights = [0];
  const key = (reading: Reading): string => [timeConditioning ? reading.t : '', ...reading.rows].join(' ');
  const known = new Map([[key(readings[0]), 0]]);
  masked.forEach((xt, draw) => {
    const reading = readMasked(xt, tokens, { t: t[draw], maskId });
    // Nothing masked, nothing lost.
    if (reading.rows.length === 0) return;
    const weight = 1 / (t[draw] * masked.length);
    const at = known.get(key(reading)) ?? readings.length;
    known.set(key(reading), at);
    readings[at] ??= reading;
    weights[at] = (weights[at] ?? 0) + weight;
  });
  return { readings, weights };
}

/** How a model does on one text. */
export interface LastWordScore {
  /** Every token of the suffix is the likeliest at its place. */
  correct: boolean;
  /** The likeliest token at each place of the suffix; of causal models behind the true ones before it. */
  guess: number[];
  /** -log p of the suffix, nats; of masked models a bound from above, but for sampling noise. */
  nll: number;
}

/** @param answers one for each reading of the plan */
export function scoreLastWord(
  { readings, weights }: LastWordPlan,
  answers: readonly Answer[],
): LastWordScore {
  return {
    correct: readings[0].labels.every((label, i) => answers[0].likeliest[i] === label),
    guess: answers[0].likeliest,
    nll: answers.reduce(
      (sum, answer, k) => sum + weights[k] * answer.nll.reduce((own, nll) => own + nll, 0),
      0,
    ),
  };
}
