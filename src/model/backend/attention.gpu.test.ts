import { describe, expect, it } from 'vitest';
import { useTestGpu } from '../../gpu/testing.ts';
import {
  allHeads,
  expectReferenceAttention,
  expectRefusals,
  goldenTokens,
  NETWORKS,
} from './attention.testing.ts';
import { plan, run } from './run.testing.ts';
import { createWebGpuDenoiser } from './webgpu.ts';

const test = useTestGpu();

describe.each(Object.entries(NETWORKS))('attention in the %s network', (_name, { open, block, first }) => {
  it('is that of the reference, by the passes of its layer and one kernel, and leaves nothing behind', async () => {
    const checkpoint = await open();
    const { config } = checkpoint;
    const model = await createWebGpuDenoiser(test.gpu, checkpoint);
    await expectReferenceAttention(model, checkpoint, config.kind === 'causal' ? [1, 24] : [13, 24]);
    await expectRefusals(model);

    const tokens = await goldenTokens(24);
    const memory = test.gpu.memory.total();
    for (const at of allHeads(config)) {
      const before = test.gpu.counters.dispatches;
      const weights = await model.attention(tokens, at);
      expect(test.gpu.counters.dispatches - before).toBe(first + block * at.layer + 1);
      expect(await model.attention(tokens, at)).toEqual(weights);
    }
    expect(test.gpu.memory.total()).toEqual(memory);
    model.destroy();
  });
});

it('changes nothing of a run, and waits for its turn', async () => {
  const model = await createWebGpuDenoiser(test.gpu, await NETWORKS.causal.open());
  const p = plan({ sampler: 'autoregressive', given: { 0: 5 } });
  const tokens = await goldenTokens(12);
  const at = { layer: 1, head: 0 };
  const weights = await model.attention(tokens, at);
  const written = (await run(model, p)).tokens;
  const [meanwhile, again] = await Promise.all([model.attention(tokens, at), run(model, p)]);
  expect(again.tokens).toEqual(written);
  expect(meanwhile).toEqual(weights);
  model.destroy();
});
