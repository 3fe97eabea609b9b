/** What the tests of attention share on every backend: the small golden networks, held against plain float64. */
import { expect } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { loadReference, referenceAttention, type ReferenceNetwork } from '../network/forward.reference.ts';
import { distance } from '../onnx/testing.ts';
import type { Denoiser, HeadAddress } from './denoiser.ts';

/** The small golden networks, each with what is particular to it, and launches of a network's block and before its first. */
export const NETWORKS: Record<string, { open: () => Promise<Checkpoint>; block: number; first: number }> = {
  diffusion: { open: () => fixtureCheckpoint('dit-d64/student'), block: 5, first: 2 },
  'time conditioned': {
    open: async () => {
      const checkpoint = await fixtureCheckpoint('dit-d64/student');
      return { ...checkpoint, config: { ...checkpoint.config, timeConditioning: true } };
    },
    ...{ block: 7, first: 4 },
  },
  causal: { open: () => fixtureCheckpoint('dit-d64/causal'), block: 5, first: 2 },
};

/** The first tokens of a golden text, some of them masked. */
export async function goldenTokens(length: number): Promise<Uint32Array<ArrayBuffer>> {
  return Uint32Array.from((await (await fixture('dit-d64/golden')).ints('xt')).subarray(0, length));
}

/** Every head of a network. */
export const allHeads = ({ blocks, heads }: { blocks: number; heads: number }): HeadAddress[] =>
  Array.from({ length: blocks * heads }, (_, i) => ({ layer: Math.floor(i / heads), head: i % heads }));

/** Largest |sum of a row - 1|. */
export function rowSumError(weights: Float32Array, length: number): number {
  const sums = Array.from({ length }, (_, i) =>
    weights.subarray(i * length, (i + 1) * length).reduce((sum, weight) => sum + weight, 0),
  );
  return Math.max(...sums.map((sum) => Math.abs(sum - 1)));
}

/** Every head of a model over texts of some lengths is that of the reference, and of no other head, layer or time. */
export async function expectReferenceAttention(
  model: Denoiser,
  checkpoint: Checkpoint,
  lengths: readonly number[],
): Promise<void> {
  const network: ReferenceNetwork = await loadReference(checkpoint);
  const { config } = checkpoint;
  const heads = allHeads(config);
  for (const length of lengths) {
    const tokens = await goldenTokens(length);
    const wanted = heads.map((at) => referenceAttention(network, tokens, { ...at, t: 0.4 }));
    for (const [i, at] of heads.entries()) {
      const weights = await model.attention(tokens, at, 0.4);
      const what = `length ${length}, layer ${at.layer}, head ${at.head}`;
      expect(distance(weights, wanted[i]), what).toBeLessThan(1e-5);
      expect(rowSumError(weights, length), what).toBeLessThan(1e-5);
      const behind = weights.filter((_, j) => j % length > Math.floor(j / length));
      if (length > 1) expect(behind.every((weight) => weight === 0)).toBe(config.kind === 'causal');
      if (length < 7) continue;
      // The bound would tell any other head.
      for (const [j, other] of wanted.entries()) {
        if (j !== i) expect(distance(weights, other), `${what}, and ${j}`).toBeGreaterThan(1e-2);
      }
    }
    if (!config.timeConditioning || length < 7) continue;
    const later = referenceAttention(network, tokens, { ...heads[0], t: 0.9 });
    expect(distance(await model.attention(tokens, heads[0], 0.4), later)).toBeGreaterThan(1e-3);
    expect(distance(await model.attention(tokens, heads[0], 0.9), later)).toBeLessThan(1e-5);
  }
}

/** What is refused before anything is computed. */
export async function expectRefusals(model: Denoiser): Promise<void> {
  const tokens = await goldenTokens(5);
  const ask = (layer: number, head: number, text = tokens) => model.attention(text, { layer, head });
  await expect(ask(2, 0)).rejects.toThrow('layer is 2: give a whole number from 0 to 1.');
  await expect(ask(0, -1)).rejects.toThrow('head is -1: give a whole number from 0 to 1.');
  await expect(ask(0, 0, Uint32Array.of(131))).rejects.toThrow('id 131 is not in the vocabulary');
  await expect(ask(0, 0, new Uint32Array(25))).rejects.toThrow('takes 1 to 24 tokens.');
}
