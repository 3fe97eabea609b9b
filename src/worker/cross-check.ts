/** Holds one engine against another: the same weights, the same x_t, the same noise. */
import { drawToken, tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import { uniform, tokenBits } from '../gpu/random.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { CrossCheck } from './protocol.ts';

const SEED = 20_241_028;
/** Tokens of the x_t, unless the model's texts are shorter. */
const LENGTH = 32;
/** Draws in each masked slot. */
const DRAWS = 64;

/** Random tokens, about two in three of them masked. */
function randomText(length: number, maskId: number): Uint32Array {
  return Uint32Array.from({ length }, (_, position) => {
    const masked = uniform(tokenBits(SEED, 0, position, 0)) < 2 / 3;
    return masked ? maskId : Math.floor(uniform(tokenBits(SEED, 1, position, 0)) * maskId);
  });
}

/**
 * Compare the logits of two engines on one x_t, and the tokens that either would draw.
 * @param ours and `theirs` hold the same checkpoint
 */
export async function crossCheck(model: string, ours: Denoiser, theirs: Denoiser): Promise<CrossCheck> {
  const { vocabulary, length: longest } = ours.config;
  const maskId = vocabulary - 1;
  const length = Math.min(LENGTH, longest);
  const tokens = randomText(length, maskId);
  const t = Float32Array.of(0.6);
  const shape = { batch: 1, length };
  const a = await ours.logits(tokens, shape, t);
  const b = await theirs.logits(tokens, shape, t);
  const largest = a.reduce((most, value, i) => {
    const difference = Math.abs(value - b[i]);
    // A comparison with NaN is never true: it must not pass for small.
    return difference <= most ? most : difference;
  }, 0);
  const masked = [...tokens.keys()].filter((position) => tokens[position] === maskId);
  let equal = 0;
  for (const position of masked) {
    const [p, q] = [a, b].map((logits) =>
      tokenProbabilities(logits.subarray(position * vocabulary, (position + 1) * vocabulary), maskId, 1, 1),
    );
    for (let sample = 0; sample < DRAWS; sample++) {
      const address = { seed: SEED, sample, position };
      if (drawToken(p, address) === drawToken(q, address)) equal += 1;
    }
  }
  return { model, length, masked: masked.length, logits: largest, draws: masked.length * DRAWS, equal };
}
