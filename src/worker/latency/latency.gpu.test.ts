import { expect, it } from 'vitest';
import { sharedWebGpu, useTestGpu } from '../../gpu/testing.ts';
import { createWebGpuDenoiser } from '../../model/backend/webgpu.ts';
import { randomCheckpoint } from '../../model/checkpoint/random.ts';
import { checkLatency } from './arguments.ts';
import { preflight, runLatency, stoppable, type LatencySetup } from './latency.ts';
import { twinConfig } from './preflight.ts';
import type { LatencyProgress } from './result.ts';

const device = useTestGpu();
const options = checkLatency({
  shape: { hidden: 64, blocks: 2, heads: 2, vocabulary: 1031 },
  ...{ tokens: 32, steps: [2, 8], seconds: 5, repeats: 2 },
});

const createDenoiser: LatencySetup['createDenoiser'] = (gpu, checkpoint, { storage }) =>
  createWebGpuDenoiser(gpu, checkpoint, storage === undefined ? {} : { storage });

it('judges the device, and leaves nothing on it', async () => {
  const { gpu } = device;
  const before = gpu.memory.total();
  const judged = await preflight(gpu, options);
  expect(judged).toMatchObject({ device: gpu.adapter.name, software: gpu.adapter.software, refusals: [] });
  expect(judged.seconds).toBeGreaterThan(0);
  expect(gpu.memory.total()).toEqual(before);
  // Default limits bind 128 MiB.
  const wide = checkLatency({ shape: { hidden: 4352, blocks: 1, heads: 34, vocabulary: 131 } });
  const { refusals } = await preflight(gpu, wide);
  expect(refusals[0]).toMatch(/^The layer mlp\.0 of a block needs 145 MiB .* 128 MiB/);
});

it('times diffusion and its causal twin on our kernels, one after the other', async () => {
  const progress: LatencyProgress[] = [];
  const found: number[] = [];
  const { points, written, clock } = await runLatency({
    ...{ api: await sharedWebGpu(), secure: true, options },
    createDenoiser: (gpu, checkpoint, setup) => {
      // Each twin has the device for itself.
      found.push(gpu.memory.total().bytes);
      return createDenoiser(gpu, checkpoint, setup);
    },
    onProgress: (event) => progress.push(event),
  });
  expect(found).toEqual([0, 0]);
  expect(written).toBe(31);
  expect(points.map(({ kind, steps, how }) => [kind, steps, how])).toEqual([
    ['diffusion', 2, 'measured'],
    ['diffusion', 8, 'measured'],
    ['causal', 0, 'measured'],
  ]);
  expect(points.map(({ forwardPasses }) => forwardPasses)).toEqual([2, expect.any(Number), 31]);
  for (const { tokensPerSecond, milliseconds, gpuMilliseconds } of points) {
    const { median } = clock === 'gpu' ? gpuMilliseconds! : milliseconds;
    expect(tokensPerSecond).toBeCloseTo(31_000 / median, 6);
    expect(milliseconds.values).toHaveLength(2);
  }
  // What is known by then is told as it comes.
  expect(progress.map(({ study }) => study.points.length)).toContain(2);
});

it('stops in the middle of setting up', async () => {
  const { gpu } = device;
  const controller = new AbortController();
  const random = randomCheckpoint(twinConfig(options.shape, 'diffusion', options.tokens));
  let reads = 0;
  const counted = {
    ...random,
    tensors: {
      ...random.tensors,
      read: (...given: Parameters<typeof random.tensors.read>) => {
        if (++reads === 5) controller.abort();
        return random.tensors.read(...given);
      },
    },
  };
  const before = gpu.memory.total().bytes;
  const asked = createWebGpuDenoiser(gpu, stoppable(counted, controller.signal));
  await expect(asked).rejects.toMatchObject({ name: 'UnmaskError', code: 'aborted' });
  expect(reads).toBe(5);
  expect(gpu.memory.total().bytes).toBe(before);
});
