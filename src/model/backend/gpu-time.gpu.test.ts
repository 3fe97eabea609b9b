import { afterEach, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Gpu } from '../../gpu/device.ts';
import { openTestGpu } from '../../gpu/testing.ts';
import { buildInitial, makePlan } from '../diffusion/plan.ts';
import type { RunCost } from './denoiser.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from './webgpu.ts';

let gpu: Gpu;
afterEach(() => {
  gpu.destroy();
});

const MASK = 130;

async function run(denoiser: WebGpuDenoiser): Promise<RunCost> {
  const length = 12;
  const initial = buildInitial({ length, maskId: MASK });
  const plan = makePlan({
    ...{ sampler: 'ancestral', steps: 6, length, maskId: MASK, eps: 1e-5, seed: 3, count: 2, initial },
  });
  const passes = denoiser.run(plan, { seed: 3, temperature: 1, topP: 1 });
  for (;;) {
    const next = await passes.next();
    if (next.done) return next.value;
  }
}

it('is measured of every submit where the device has a clock, and costs no submit, buffer or write', async () => {
  gpu = await openTestGpu({ baseline: false });
  const denoiser = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'));
  await run(denoiser);
  const before = { ...gpu.counters };
  const memory = gpu.memory.total();
  const cost = await run(denoiser);
  const { submits, passes, buffersCreated, bindGroups } = gpu.counters;
  expect(submits - before.submits).toBe(cost.submits);
  expect(passes - before.passes).toBe(cost.submits);
  expect({ buffersCreated, bindGroups }).toEqual({
    buffersCreated: before.buffersCreated,
    bindGroups: before.bindGroups,
  });
  expect(gpu.memory.total()).toEqual(memory);
  if (!gpu.timestamps) {
    expect(cost).not.toHaveProperty('gpuMilliseconds');
    return;
  }
  // Of each run by itself: a sum that went on from the run before would exceed the wall time.
  for (const { gpuMilliseconds, milliseconds } of [cost, await run(denoiser)]) {
    expect(gpuMilliseconds).toBeGreaterThan(0);
    // Stamps are rounded to 0.1 ms where nobody says otherwise: once at the beginning, once at the end.
    expect(gpuMilliseconds).toBeLessThanOrEqual(milliseconds + 0.2);
  }
});

it('is left out where the device has none', async () => {
  gpu = await openTestGpu();
  const denoiser = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'));
  expect(gpu.timestamps).toBe(false);
  expect(await run(denoiser)).not.toHaveProperty('gpuMilliseconds');
});
