/** Looks into the law of masked slots at one moment of a run; it never decides a token. */
import { entropyOf, tokenProbabilities } from '../gpu/kernels/sample/sample.reference.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { CheckedInspect } from './arguments.ts';
import type { Candidates } from './protocol.ts';

/**
 * Order of the real tokens: likeliest first, ties by id. Logits decide: temperature keeps their order, and top-p cuts it
 * off somewhere, so that a token has the same rank within the nucleus and without.
 */
const byLogit =
  (logits: Float32Array) =>
  (a: number, b: number): number =>
    logits[b] - logits[a] || a - b;

/** The first `top` tokens in the order of `byLogit`. */
export function likeliest(logits: Float32Array, maskId: number, top: number): number[] {
  const real = logits.subarray(0, maskId);
  // Numbers sort much faster than ids by their logits, of which few are left then.
  const least = real.toSorted()[Math.max(0, maskId - top)];
  const ids: number[] = [];
  for (let id = 0; id < maskId; id++) if (real[id] >= least) ids.push(id);
  return ids.sort(byLogit(real)).slice(0, top);
}

/** Place of a token in the order of `byLogit`, from 1. */
function rankOf(logits: Float32Array, maskId: number, token: number): number {
  const order = byLogit(logits);
  let rank = 1;
  for (let id = 0; id < maskId; id++) if (order(id, token) < 0) rank += 1;
  return rank;
}

/**
 * One pass of the network on x_t, and what it holds possible in the slots asked for: the law that a sampler would draw
 * from, after SUBS, temperature and top-p. A token of interest that top-p cuts off has probability 0 and keeps the rank
 * that it has without.
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
    const candidate = (id: number) => ({ token: id, probability: probabilities[id] });
    const token = drawn?.[i];
    return {
      position,
      entropy: entropyOf(probabilities),
      candidates: likeliest(row, maskId, top)
        .map(candidate)
        .filter(({ probability }) => probability > 0),
      ...(token === undefined ? {} : { drawn: { ...candidate(token), rank: rankOf(row, maskId, token) } }),
    };
  });
}
