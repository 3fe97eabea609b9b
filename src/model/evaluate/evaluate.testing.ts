/** Networks for tests of measures, without a device. */
import { fixture } from '../../../fixtures/load.ts';
import type { Denoiser } from '../backend/denoiser.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { loadReference, referenceLogits } from '../network/forward.reference.ts';
import type { LastWord } from './last-word.ts';

/** What a text is read with. */
export interface Asked {
  tokens: Uint32Array;
  batch: number;
  t: number[];
  rows: number[];
}

/**
 * A network of a rule, which keeps what it was asked.
 * @param rule logits of chosen positions of one text, [rows, V]
 */
export function ruledDenoiser(
  config: ModelConfig,
  rule: (text: Uint32Array, t: number, positions: number[]) => ArrayLike<number>,
): Denoiser & { asked: Asked[] } {
  const { vocabulary } = config;
  const asked: Asked[] = [];
  return {
    ...{ config, asked, backend: 'test', storage: 'f32' },
    logits: (tokens, { batch, length }, t = new Float32Array(batch).fill(1), rows) => {
      const chosen = [...(rows ?? tokens.keys())];
      asked.push({ tokens: tokens.slice(), batch, t: [...t], rows: chosen });
      const result = new Float32Array(chosen.length * vocabulary);
      for (let text = 0; text < batch; text++) {
        const own = [...chosen.keys()].filter((i) => Math.floor(chosen[i] / length) === text);
        if (own.length === 0) continue;
        const positions = own.map((i) => chosen[i] % length);
        const logits = rule(tokens.subarray(text * length, (text + 1) * length), t[text], positions);
        own.forEach((i, k) => {
          for (let v = 0; v < vocabulary; v++) result[i * vocabulary + v] = logits[k * vocabulary + v];
        });
      }
      return Promise.resolve(result);
    },
    attention: () => {
      throw new Error('it has no heads');
    },
    run: () => {
      throw new Error('it writes nothing');
    },
    destroy: () => undefined,
  };
}

/** The float64 network of a checkpoint. */
export async function referenceDenoiser(checkpoint: Checkpoint): Promise<ReturnType<typeof ruledDenoiser>> {
  const network = await loadReference(checkpoint);
  return ruledDenoiser(network.config, (text, t, rows) => referenceLogits(network, text, { t, rows }));
}

/** The golden text of the last-word protocol, with its maskings and what the network guesses. */
export async function goldenLastWord() {
  const file = await fixture('dit-d64/golden_more');
  const tokens = Uint32Array.from(await file.ints('lambada_tokens'));
  const [withEos] = await file.ints('lambada_suffix_length');
  const all = Uint32Array.from(await file.ints('lambada_masked'));
  const t = await file.floats('lambada_t');
  const masked = Array.from(t, (_, i) => all.subarray(i * tokens.length, (i + 1) * tokens.length));
  const item: LastWord = { tokens, first: tokens.length - withEos, end: tokens.length - 1 };
  return { item, maskings: { t, masked }, greedy: [...(await file.ints('lambada_greedy'))] };
}
