/** Holds one engine against another: the same weights, the same text, the same noise. */
import { drawToken, tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import { uniform, tokenBits } from '../gpu/random.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { CrossCheck } from './protocol.ts';

const SEED = 20_241_028;
/** Tokens of the text, unless the model's are shorter. */
const LENGTH = 32;
/** Share of the tokens that is masked, for models that fill masked slots. */
const MASKED = 2 / 3;
/** Draws for each slot that is drawn for. */
const DRAWS = 64;

/** Random tokens, about `share` of them masked. */
function randomText(length: number, maskId: number, share: number): Uint32Array {
  return Uint32Array.from({ length }, (_, position) => {
    const masked = uniform(tokenBits(SEED, 0, position, 0)) < share;
    return masked ? maskId : Math.floor(uniform(tokenBits(SEED, 1, position, 0)) * maskId);
  });
}

/**
 * Compare the logits of two engines on one text, and the tokens that either would draw: in masked slots, or behind each
 * token where the model is causal, since that reads real tokens only.
 * @param ours and `theirs` hold the same checkpoint
 */
export async function crossCheck(model: string, ours: Denoiser, theirs: Denoiser): Promise<CrossCheck> {
  const { vocabulary, length: longest, kind } = ours.config;
  const causal = kind === 'causal';
  const maskId = vocabulary - 1;
  const length = Math.min(LENGTH, longest);
  const tokens = randomText(length, maskId, causal ? 0 : MASKED);
  const t = Float32Array.of(0.6);
  const shape = { batch: 1, length };
  const a = await ours.logits(tokens, shape, t);
  const b = await theirs.logits(tokens, shape, t);
  const largest = a.reduce((most, value, i) => {
    const difference = Math.abs(value - b[i]);
    // NaN must not pass for small, nor be forgotten over what follows it.
    return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
  }, 0);
  const masked = [...tokens.keys()].filter((position) => tokens[position] === maskId);
  const rows = causal ? [...tokens.keys()] : masked;
  let equal = 0;
  for (const row of rows) {
    const [p, q] = [a, b].map((logits) =>
      tokenProbabilities(logits.subarray(row * vocabulary, (row + 1) * vocabulary), maskId, 1, 1),
    );
    for (let sample = 0; sample < DRAWS; sample++) {
      const address = { seed: SEED, sample, position: row };
      if (drawToken(p, address) === drawToken(q, address)) equal += 1;
    }
  }
  return { model, length, masked: masked.length, logits: largest, draws: rows.length * DRAWS, equal };
}
