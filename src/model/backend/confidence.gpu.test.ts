import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import { GemmChoice } from '../../gpu/autotune.ts';
import type { Gpu } from '../../gpu/device.ts';
import { tokenProbabilities } from '../../gpu/kernels/sample/sample.reference.ts';
import { byConfidence } from '../../gpu/kernels/select/select.reference.ts';
import { openTestGpu } from '../../gpu/testing.ts';
import { chiSquareTest } from '../../testing/statistics.ts';
import { confidenceLaw, textKey, type ProposalOrder } from '../diffusion/reference.ts';
import { audit, MASK, plan as planOf, run, type PlanChoice } from './run.testing.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from './webgpu.ts';

const BLOCKS = 2;

let gpu: Gpu;
let denoiser: WebGpuDenoiser;

beforeAll(async () => {
  gpu = await openTestGpu();
  denoiser = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'));
});
afterAll(() => {
  gpu.destroy();
});

const plan = (choice: PlanChoice = {}) => planOf({ ...choice, sampler: 'confidence' });

describe('what the confidence sampler draws', () => {
  const given = { 0: 5, 1: 17, 7: 129 };
  it.each<[string, PlanChoice, number, number, number]>([
    ['a batch', { count: 3, steps: 5 }, 1, 1, 36],
    ['low temperature and top-p', { count: 2, steps: 6 }, 0.7, 0.9, 24],
    ['a small nucleus, whose tokens are often certain', { count: 2, steps: 6 }, 1, 0.05, 24],
    ['high temperature', { steps: 3, seed: 8 }, 2, 1, 12],
    ['a prompt and a pin, every token in a pass of its own', { steps: 1024, given, count: 2 }, 1, 1, 18],
    ['one step', { steps: 1 }, 1, 1, 12],
    ['a final pass', { steps: 4, eps: 0.4, count: 3 }, 1, 1, 36],
    ['a final pass and top-p', { steps: 2, eps: 0.4, count: 2, given }, 0.8, 0.9, 18],
    ['nothing but a final pass', { steps: 1, eps: 1 - 1e-12 }, 1, 1, 12],
  ])(
    'is the surest of each pass, recomputed on the CPU: %s',
    async (_name, choice, temperature, topP, count) => {
      const p = plan(choice);
      const outcome = await run(denoiser, p, { temperature, topP });
      expect(await audit(denoiser, p, outcome, temperature, topP)).toBe(count);
      expect(outcome.cost.forwardPasses).toBe(p.forwardPasses);
    },
  );

  it.each([1, 0.9])(
    'is that with time conditioning too, at the time of each step (top-p %f)',
    async (topP) => {
      const checkpoint = await fixtureCheckpoint('dit-d64/student');
      const timed = await createWebGpuDenoiser(gpu, {
        ...checkpoint,
        config: { ...checkpoint.config, timeConditioning: true },
      });
      const p = plan({ count: 2, steps: 4, length: 8, eps: 0.1 });
      const outcome = await run(timed, p, { topP });
      expect(await audit(timed, p, outcome, 1, topP)).toBe(16);
      timed.destroy();
    },
  );

  it('is that on the kernels for GPUs, whose tiles change with the rows of a pass', async () => {
    const choice = new GemmChoice(false);
    const tiled = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'), { choice });
    const p = plan({ count: 3, steps: 4 });
    const outcome = await run(tiled, p);
    expect(await audit(tiled, p, outcome, 1, 1)).toBe(36);
    // A sample has the same bits in another batch.
    expect((await run(tiled, plan({ firstSample: 2, steps: 4 }))).traces[0]).toEqual(outcome.traces[2]);
    tiled.destroy();
  });

  it('has the exact law over many samples, and not that of the least sure first', async () => {
    const [samples, temperature] = [1500, 0.6];
    // The pinned token gives the other positions laws of their own: without it, rounding would decide about ties.
    const given = 5;
    const start = [MASK, given, MASK];
    // Every sample takes one token in each of two passes.
    const base = plan({ length: 3, steps: 2, count: samples, seed: 23, given: { 1: given } });
    const passes = [1, 2].map((step) => ({ step, t: 1 / step, count: 1, positions: [] }));
    const p = { ...base, forwardPasses: 2, samples: base.samples.map((s) => ({ ...s, passes })) };
    const { tokens } = await run(denoiser, p, { temperature });

    const texts = [start];
    for (let token = 0; token < MASK; token++) texts.push([token, given, MASK], [MASK, given, token]);
    const shape = { batch: texts.length, length: 3 };
    const logits = await denoiser.logits(Uint32Array.from(texts.flat()), shape);
    const rowOf = new Map(texts.map((text, i) => [textKey(text), 3 * i]));
    const law = (text: readonly number[], position: number) => {
      const at = (MASK + 1) * (rowOf.get(textKey(text))! + position);
      return tokenProbabilities(logits.subarray(at, at + MASK + 1), MASK, temperature, 1);
    };
    const fit = (order: ProposalOrder) => {
      const exact = confidenceLaw(start, MASK, [1, 1], law, order);
      const counts = new Map([...exact.keys()].map((key) => [key, 0]));
      for (const text of tokens) {
        const key = textKey([...text]);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      // The test pools neighbours: rare texts with rare ones.
      const keys = [...counts.keys()].sort((a, b) => (exact.get(b) ?? 0) - (exact.get(a) ?? 0));
      return chiSquareTest(
        keys.map((key) => counts.get(key)!),
        keys.map((key) => exact.get(key) ?? 0),
      );
    };
    expect(fit(byConfidence)).toBeGreaterThan(1e-3);
    expect(fit((proposals) => byConfidence(proposals).reverse())).toBeLessThan(1e-6);
  });
});

describe('a run of the confidence sampler', () => {
  it('is the same twice, and for a sample whatever it runs beside', async () => {
    const together = await run(denoiser, plan({ count: 3, steps: 6 }));
    expect((await run(denoiser, plan({ count: 3, steps: 6 }))).traces).toEqual(together.traces);
    for (const firstSample of [0, 1, 2]) {
      const alone = await run(denoiser, plan({ firstSample, steps: 6 }));
      expect(alone.traces[0]).toEqual(together.traces[firstSample]);
    }
  });

  it.each([1, 0.9])('in one step is the ancestral one (top-p %f)', async (topP) => {
    const choice = { steps: 1, count: 3 };
    const ancestral = await run(denoiser, planOf(choice), { topP });
    expect((await run(denoiser, plan(choice), { topP })).traces).toEqual(ancestral.traces);
    // In more steps it is another.
    const more = { ...choice, steps: 6 };
    expect((await run(denoiser, plan(more))).tokens).not.toEqual((await run(denoiser, planOf(more))).tokens);
  });

  it('needs nothing, and nothing of the last run, where nothing is masked', async () => {
    const given = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i, 1]));
    const { cost, tokens } = await run(denoiser, plan({ given }));
    expect(cost).toMatchObject({ forwardPasses: 0, submits: 0 });
    expect([...tokens[0]]).toEqual(new Array(12).fill(1));
  });
});

describe('what the confidence sampler costs', () => {
  it('is one dispatch a pass more than the others', async () => {
    for (const topP of [1, 0.9]) {
      const { cost } = await run(denoiser, plan({ count: 2 }), { topP });
      expect(cost.dispatches).toBe(cost.forwardPasses * (5 * BLOCKS + 4));
    }
  });

  it('is four writes, nothing created, and nothing read between steps', async () => {
    await run(denoiser, plan({ steps: 8 }));
    const bindGroups = vi.spyOn(gpu.device, 'createBindGroup');
    const buffers = vi.spyOn(gpu.device, 'createBuffer');
    const pipelines = vi.spyOn(gpu.device, 'createComputePipelineAsync');
    const writes = vi.spyOn(gpu.device.queue, 'writeBuffer');
    const submits = vi.spyOn(gpu.device.queue, 'submit');
    try {
      const { cost } = await run(denoiser, plan({ steps: 8, seed: 9 }));
      expect(bindGroups).not.toHaveBeenCalled();
      expect(buffers).not.toHaveBeenCalled();
      expect(pipelines).not.toHaveBeenCalled();
      // Tokens, rows, selections, segments: all before the first submit, after which the CPU has no say.
      expect(writes).toHaveBeenCalledTimes(4);
      expect(Math.max(...writes.mock.invocationCallOrder)).toBeLessThan(
        Math.min(...submits.mock.invocationCallOrder),
      );
      expect(submits).toHaveBeenCalledTimes(cost.submits);
      expect(cost.submits).toBeLessThanOrEqual(cost.forwardPasses * BLOCKS);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('is buffers that are made when it is first asked for, and freed with the model', async () => {
    const before = gpu.memory.total();
    const other = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'));
    await run(other, planOf());
    const without = gpu.memory.total().buffers;
    await run(other, plan());
    const first = gpu.memory.total();
    expect(first.buffers).toBeGreaterThan(without);
    await run(other, plan({ seed: 5 }));
    expect(gpu.memory.total()).toEqual(first);
    other.destroy();
    expect(gpu.memory.total()).toEqual(before);
  });
});
