/** Looks into the law of masked slots at one moment of a run; it never decides a token. */
import { entropyOf, tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { CheckedInspect } from './arguments.ts';
import type { Candidates } from './protocol.ts';

/** Ids of the `top` most probable tokens, likeliest first; ties by id. */
function likeliest(probabilities: Float64Array, top: number): number[] {
  const ids = Array.from(probabilities.keys()).filter((id) => probabilities[id] > 0);
  return ids.toSorted((a, b) => probabilities[b] - probabilities[a] || a - b).slice(0, top);
}

/**
 * One pass of the network on x_t, and what it holds possible in the slots asked for: the law that a sampler would draw
 * from, after SUBS, temperature and top-p.
 */
export async function inspect(denoiser: Denoiser, o: CheckedInspect): Promise<Candidates[]> {
  const { tokens, positions, drawn, temperature, topP, top, t } = o;
  const { vocabulary } = denoiser.config;
  const maskId = vocabulary - 1;
  const shape = { batch: 1, length: tokens.length };
  const logits = await denoiser.logits(tokens, shape, t, Uint32Array.from(positions));
  return positions.map((position, i) => {
    const row = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
    const probabilities = tokenProbabilities(row, maskId, temperature, topP);
    const token = drawn?.[i];
    const chance = token === undefined ? 0 : probabilities[token];
    const before = (p: number, id: number): boolean => p > chance || (p === chance && id < token!);
    return {
      position,
      entropy: entropyOf(probabilities),
      candidates: likeliest(probabilities, top).map((id) => ({ token: id, probability: probabilities[id] })),
      ...(token === undefined
        ? {}
        : {
            drawn: {
              token,
              probability: chance,
              // The mask, the last id, is no candidate.
              rank: 1 + probabilities.subarray(0, maskId).filter(before).length,
            },
          }),
    };
  });
}
