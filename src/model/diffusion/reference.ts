/**
 * The samplers in plain float64 on the CPU, one sample at a time: what engines are tested against. The law of a token
 * and its draw stand in src/gpu/kernels/sample/sample.reference.ts.
 * Everywhere L = tokens.length, V = maskId + 1 (the mask is the vocabulary's last id) and arrays are row-major L x V.
 */
import { argmax, logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';
import { byConfidence } from '../../gpu/kernels/select/select.reference.ts';
import { maskChance, sigma } from './schedule.ts';

/**
 * SUBS parameterisation (MDLM, arXiv 2406.07524, section 3.2.3): the mask token has no probability and unmasked
 * positions stay as they are.
 * @param logits L x V, raw
 * @param tokens L, the noisy sequence
 * @returns L x V log-probabilities of x0; -Infinity where the chance is 0
 */
export function subsLogProbs(
  logits: ArrayLike<number>,
  tokens: ArrayLike<number>,
  maskId: number,
): Float64Array {
  const vocabulary = maskId + 1;
  const logProbs = new Float64Array(tokens.length * vocabulary).fill(-Infinity);
  for (let position = 0; position < tokens.length; position++) {
    const row = position * vocabulary;
    if (tokens[position] !== maskId) {
      logProbs[row + tokens[position]] = 0;
      continue;
    }
    const normaliser = logSumExp(logits, row, maskId);
    for (let v = 0; v < maskId; v++) logProbs[row + v] = logits[row + v] - normaliser;
  }
  return logProbs;
}

/**
 * Reverse probabilities of the ancestral step from t to s < t, not normalised, as the released samplers draw from
 * them (MDLM, arXiv 2406.07524, section 3.2): p(x0) times the chance to have been masked between s and t, and in the
 * mask's column the chance to be masked at s. Rows of unmasked positions are filled alike and never drawn from.
 * @param logProbs L x V after SUBS
 */
export function ancestralReverse(logProbs: Float64Array, maskId: number, t: number, s: number): Float64Array {
  const vocabulary = maskId + 1;
  return logProbs.map((logProb, i) =>
    i % vocabulary === maskId ? maskChance(s) : Math.exp(logProb) * (maskChance(t) - maskChance(s)),
  );
}

/**
 * Reverse probabilities of the analytic (Tweedie) step from t to s < t: concrete scores of the absorbing process,
 * staggered to s and multiplied by the transition from s to t (SEDD, arXiv 2310.16834, theorem 4.2). Under SUBS the
 * result is the ancestral law, normalised.
 * @param logProbs L x V after SUBS
 * @param tokens L, the noisy sequence
 */
export function analyticReverse(
  logProbs: Float64Array,
  tokens: ArrayLike<number>,
  maskId: number,
  t: number,
  s: number,
): Float64Array {
  const vocabulary = maskId + 1;
  const growth = Math.exp(sigma(t) - sigma(s));
  // Chance that a token unmasked at s is masked at t.
  const masking = -Math.expm1(sigma(s) - sigma(t));
  // Odds of being unmasked at t: p_t(v) / p_t(mask) = odds * p(x0 = v).
  const odds = 1 / Math.expm1(sigma(t));
  const probabilities = new Float64Array(logProbs.length);
  for (let position = 0; position < tokens.length; position++) {
    const row = position * vocabulary;
    if (tokens[position] !== maskId) {
      // Only a token itself leads to it, with chance exp(-dsigma); its score exp(dsigma) undoes that.
      probabilities[row + tokens[position]] = 1;
      continue;
    }
    const scoreSum = 1 + odds;
    for (let v = 0; v < maskId; v++) {
      const staggered = growth * odds * Math.exp(logProbs[row + v]);
      probabilities[row + v] = staggered * masking;
    }
    probabilities[row + maskId] = growth + (1 - growth) * scoreSum;
  }
  return probabilities;
}

/** Noise of the released samplers, every operation in float32, of a uniform in [0, 1): the argmax of q over it is drawn. */
export function releasedNoise(u: number): number {
  const { fround } = Math;
  const tiny = fround(1e-10);
  return fround(tiny - fround(Math.log(fround(fround(u) + tiny))));
}

/**
 * The draw of the released samplers: argmax of q / (1e-10 - log(u + 1e-10)), every operation in float32; tokens that
 * are unmasked stay. Kept to reproduce recorded runs and to show its flaw, never to sample: float32 ends its Gumbel
 * noise at 16.64, so that tokens much rarer than e^-16 of the likeliest entry, the mask's column included, are never
 * drawn (arXiv 2409.02908).
 * @param q L x V, normalised or not
 * @param uniforms L x V in [0, 1)
 * @returns L tokens; maskId where the position stays masked
 */
export function releasedDraw(
  q: ArrayLike<number>,
  uniforms: ArrayLike<number>,
  tokens: ArrayLike<number>,
  maskId: number,
): Uint32Array {
  const vocabulary = maskId + 1;
  const { fround } = Math;
  return Uint32Array.from({ length: tokens.length }, (_, position) => {
    if (tokens[position] !== maskId) return tokens[position];
    return argmax(vocabulary, (v) => {
      const i = position * vocabulary + v;
      return fround(fround(q[i]) / releasedNoise(uniforms[i]));
    });
  });
}

/**
 * The final pass: masked positions take the likeliest real token.
 * @param logits L x V, raw
 * @returns L tokens
 */
export function denoise(logits: ArrayLike<number>, tokens: ArrayLike<number>, maskId: number): Uint32Array {
  return Uint32Array.from({ length: tokens.length }, (_, position) => {
    if (tokens[position] !== maskId) return tokens[position];
    const row = position * (maskId + 1);
    return argmax(maskId, (v) => logits[row + v]);
  });
}

/** A token drawn for a masked position, and its chance. */
export interface Proposal {
  position: number;
  token: number;
  probability: number;
}

/** Sorts proposals, the first to be taken first; returns their indices. */
export type ProposalOrder = (proposals: readonly Proposal[]) => number[];

/** Masked positions of a text, ascending. */
function maskedPositions(tokens: readonly number[], maskId: number): number[] {
  return [...tokens.keys()].filter((position) => tokens[position] === maskId);
}

/**
 * One pass of the confidence sampler (as in MaskGIT, arXiv 2202.04200, section 3.2, without noise on the confidence): a token
 * is drawn for every masked position, and the `count` whose tokens have the highest probability take them, of equal ones the
 * lower position.
 * @param law V chances of a position, given the text
 * @param draw draws a token of a position's law
 * @param order which proposals come first
 * @returns the proposals that are taken, by position
 */
export function confidencePass(
  tokens: readonly number[],
  maskId: number,
  count: number,
  law: (position: number) => Float64Array,
  draw: (law: Float64Array, position: number) => number,
  order: ProposalOrder = byConfidence,
): Proposal[] {
  const proposals = maskedPositions(tokens, maskId).map((position) => {
    const chances = law(position);
    const token = draw(chances, position);
    return { position, token, probability: chances[token] };
  });
  const taken = order(proposals).slice(0, count);
  return taken.map((i) => proposals[i]).sort((a, b) => a.position - b.position);
}

/** A text as the key of a law. */
export const textKey = (tokens: readonly number[]): string => tokens.join();

/**
 * Exact law of the texts that the confidence sampler writes, for small cases: all draws of all passes are enumerated.
 * @param counts tokens taken in each pass
 * @param law V chances of a position, given the text; a final pass, which takes the likeliest token, has a law of chances 0
 * and 1
 * @param order which proposals come first
 * @returns chance of each text, by `textKey`
 */
export function confidenceLaw(
  initial: readonly number[],
  maskId: number,
  counts: readonly number[],
  law: (tokens: readonly number[], position: number) => Float64Array,
  order: ProposalOrder = byConfidence,
): Map<string, number> {
  let texts = new Map([[textKey(initial), { tokens: [...initial], chance: 1 }]]);
  for (const count of counts) {
    const next: typeof texts = new Map();
    for (const { tokens, chance } of texts.values()) {
      for (const { proposals, joint } of jointDraws(tokens, maskId, law)) {
        const after = [...tokens];
        for (const i of order(proposals).slice(0, count)) after[proposals[i].position] = proposals[i].token;
        const key = textKey(after);
        const before = next.get(key)?.chance ?? 0;
        next.set(key, { tokens: after, chance: before + chance * joint });
      }
    }
    texts = next;
  }
  return new Map([...texts].map(([key, { chance }]) => [key, chance]));
}

/** All draws for the masked positions of a text, with their chances. */
function jointDraws(
  tokens: readonly number[],
  maskId: number,
  law: (tokens: readonly number[], position: number) => Float64Array,
): { proposals: Proposal[]; joint: number }[] {
  let draws: { proposals: Proposal[]; joint: number }[] = [{ proposals: [], joint: 1 }];
  for (const position of maskedPositions(tokens, maskId)) {
    const chances = law(tokens, position);
    const possible = [...chances.keys()].filter((token) => chances[token] > 0);
    draws = draws.flatMap(({ proposals, joint }) =>
      possible.map((token) => ({
        proposals: [...proposals, { position, token, probability: chances[token] }],
        joint: joint * chances[token],
      })),
    );
  }
  return draws;
}
