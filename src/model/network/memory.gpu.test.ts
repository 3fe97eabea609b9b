import { expect, it } from 'vitest';
import { bundledCheckpoint } from '../../../fixtures/load.ts';
import { useTestGpu } from '../../gpu/testing.ts';
import { createWebGpuDenoiser } from '../backend/webgpu.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { randomCheckpoint } from '../checkpoint/random.ts';
import { networkMemory, totalBytes, type NetworkUse } from './memory.ts';
import { tinyConfig } from './testing.ts';

const test = useTestGpu();

const random = (changes: Partial<ModelConfig>) => () =>
  Promise.resolve(
    randomCheckpoint(
      tinyConfig({ hidden: 128, heads: 4, blocks: 2, vocabulary: 1031, length: 64, ...changes }),
    ),
  );

it.each<[string, () => Promise<Checkpoint>, NetworkUse]>([
  ['the bundled student', () => bundledCheckpoint('student'), { storage: 'f16', batch: 1, length: 32 }],
  ['2 texts in f32, with logits', random({}), { storage: 'f32', batch: 2, length: 64, logits: true }],
  ['a causal network', random({ kind: 'causal', condDim: 0 }), { storage: 'f16', batch: 2, length: 64 }],
  [
    'one with time conditioning',
    random({ timeConditioning: true }),
    { storage: 'f32', batch: 2, length: 64 },
  ],
])('is foreseen to one percent: %s', async (_, open, use) => {
  const { gpu } = test;
  const checkpoint = await open();
  const { config } = checkpoint;
  const { storage, batch, length, logits } = use;
  const denoiser = await createWebGpuDenoiser(gpu, checkpoint, { storage });
  // What is set up at once serves another shape.
  const before = gpu.memory
    .usage()
    .slice(1)
    .reduce((sum, { bytes }) => sum + bytes, 0);
  const first = config.kind === 'causal' ? 33 : 32;
  await denoiser.warm({ batch, length });
  if (logits) {
    const tokens = new Uint32Array(batch * length);
    await denoiser.logits(tokens, { batch, length });
  }
  const same = batch === 1 && length === first;
  const taken = gpu.memory.total().bytes - (same ? 0 : before);
  denoiser.destroy();
  const foreseen = totalBytes(networkMemory(config, use));
  // What describes the shapes of products is left out.
  expect(taken).toBeGreaterThanOrEqual(foreseen);
  expect(taken / foreseen).toBeLessThan(1.01);
});
