import { describe, expect, it, vi } from 'vitest';
import { useTestGpu } from '../../gpu/testing.ts';
import { randomCheckpoint } from '../checkpoint/random.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { makePlan, type Plan } from '../diffusion/plan.ts';
import type { Sampler } from '../../trace/trace.ts';
import { tinyConfig } from '../network/testing.ts';
import { run } from './run.testing.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from './webgpu.ts';

const test = useTestGpu();

/** Neither rows nor columns of a piece divide it. */
const VOCABULARY = 331;
const LENGTH = 10;
/** Room for each layer of a block, and for 256 rows or columns of the vocabulary. */
const LARGEST = { f16: 4 * 64 * 64 * 2, f32: 4 * 64 * 64 * 4 };
const SHAPE = { batch: 2, length: LENGTH };

function plan(sampler: Sampler): Plan {
  const maskId = VOCABULARY - 1;
  const initial = new Uint32Array(LENGTH).fill(maskId);
  initial[0] = 5;
  return makePlan({ ...{ sampler, steps: 3, length: LENGTH, maskId, eps: 0.2, seed: 3, count: 2, initial } });
}

/** The same network whole and in pieces. */
async function both(
  checkpoint: Checkpoint,
  storage: 'f16' | 'f32',
): Promise<{ whole: WebGpuDenoiser; cut: WebGpuDenoiser }> {
  const whole = await createWebGpuDenoiser(test.gpu, checkpoint, { storage });
  const buffers = vi.spyOn(test.gpu.device, 'createBuffer');
  const cut = await createWebGpuDenoiser(test.gpu, checkpoint, { storage, largest: LARGEST[storage] });
  const weights = buffers.mock.calls.filter(([{ label }]) =>
    /weights of .*(embedding|linear\.weight)/.test(label!),
  );
  buffers.mockRestore();
  // 331 rows and 384 padded columns of at most 256.
  expect(weights).toHaveLength(4);
  for (const [{ size }] of weights) expect(size).toBeLessThanOrEqual(LARGEST[storage]);
  return { whole, cut };
}

describe('embedding and head in pieces', () => {
  it.each([
    ['f16', false],
    ['f32', true],
  ] as const)(
    'leave every bit of a run as it is (%s, time conditioning: %s)',
    async (storage, timeConditioning) => {
      const checkpoint = randomCheckpoint(tinyConfig({ vocabulary: VOCABULARY, timeConditioning }));
      const { whole, cut } = await both(checkpoint, storage);
      const tokens = Uint32Array.from({ length: 2 * LENGTH }, (_, i) => (37 * i) % VOCABULARY);
      expect(await cut.logits(tokens, SHAPE)).toEqual(await whole.logits(tokens, SHAPE));
      for (const [sampler, topP] of [
        ['ancestral', 1],
        ['ancestral', 0.9],
        ['confidence', 1],
      ] as const) {
        const [expected, found] = [
          await run(whole, plan(sampler), { topP }),
          await run(cut, plan(sampler), { topP }),
        ];
        expect(found.traces).toEqual(expected.traces);
        // One launch more for the embedding, and one for the head.
        expect(found.cost.dispatches - expected.cost.dispatches).toBe(2 * expected.cost.forwardPasses);
      }
      for (const denoiser of [whole, cut]) denoiser.destroy();
    },
  );

  it('leave every bit of a causal network as it is', async () => {
    const checkpoint = randomCheckpoint(tinyConfig({ vocabulary: VOCABULARY, kind: 'causal', condDim: 0 }));
    const { whole, cut } = await both(checkpoint, 'f32');
    const p = plan('autoregressive');
    expect((await run(cut, p)).traces).toEqual((await run(whole, p)).traces);
    const tokens = Uint32Array.from({ length: 2 * LENGTH }, (_, i) => (37 * i) % (VOCABULARY - 1));
    expect(await cut.score(tokens, SHAPE)).toEqual(await whole.score(tokens, SHAPE));
    for (const denoiser of [whole, cut]) denoiser.destroy();
  });
});

it('are refused where another layer is larger than a buffer, and nothing stays', async () => {
  const before = test.gpu.memory.total();
  const checkpoint = randomCheckpoint(tinyConfig({ vocabulary: VOCABULARY }));
  const attempt = createWebGpuDenoiser(test.gpu, checkpoint, {
    storage: 'f32',
    largest: LARGEST.f16,
  });
  await expect(attempt).rejects.toMatchObject({
    code: 'limit',
    message:
      'Tensor blocks.0.attn_qkv.weight takes 0.0469 MiB as f32, but this GPU binds at most 0.0313 MiB at once; choose f16 weights or a smaller model.',
  });
  expect(test.gpu.memory.total()).toEqual(before);
});

describe('weights beyond f16', () => {
  /** The random network with F32 tensors, and a value in one of them. */
  const withValue = (name: string, value: number): Checkpoint => {
    const { tensors, ...rest } = randomCheckpoint(tinyConfig());
    return {
      ...rest,
      tensors: {
        ...tensors,
        info: (tensor) => ({ ...tensors.info(tensor), dtype: 'F32' }),
        read: (tensor, rows) => {
          const [count, row = 1] = tensors.info(tensor).shape;
          const { from, to } = rows ?? { from: 0, to: count };
          const values = new Float32Array((to - from) * row).fill(0.01);
          if (tensor === name && from === 0) values[1] = value;
          return Promise.resolve(new Uint8Array(values.buffer));
        },
      },
    };
  };

  it.each(['vocab_embed.embedding', 'blocks.0.mlp.2.weight', 'output_layer.linear.weight'])(
    'of %s are refused as f16, and taken as f32',
    async (name) => {
      const before = test.gpu.memory.total();
      const beyond = withValue(name, -70_000);
      await expect(createWebGpuDenoiser(test.gpu, beyond, { storage: 'f16' })).rejects.toMatchObject({
        code: 'tensor-range',
        message: `Tensor ${name} of tiny holds a value of magnitude 70000.0, but f16 ends at 65504: choose f32 weights.`,
      });
      expect(test.gpu.memory.total()).toEqual(before);
      (await createWebGpuDenoiser(test.gpu, beyond, { storage: 'f32' })).destroy();
      (await createWebGpuDenoiser(test.gpu, withValue(name, -65_504), { storage: 'f16' })).destroy();
    },
  );
});
