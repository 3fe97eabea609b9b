import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedWebGpu } from '../../gpu/testing.ts';
import { createWebGpuDenoiser } from '../../model/backend/webgpu.ts';
import { Engine } from '../engine.ts';
import { diskHost } from '../testing.ts';
import type { DistillProgress, TrainOptions } from './result.ts';
import { memoryStores } from './services.ts';

let engine: Engine;
const stores = memoryStores();

// One device for all: most of the time goes into compiling its kernels.
beforeAll(async () => {
  engine = new Engine({
    gpu: await sharedWebGpu(),
    secure: true,
    ...diskHost(),
    createDenoiser: createWebGpuDenoiser,
    stores: () => Promise.resolve(stores),
  });
});
afterAll(() => {
  engine.destroy();
});

const config = (type: string): object => ({
  model: { name: 'micro', type, hidden_size: 64, n_heads: 2, n_blocks: 1, cond_dim: 32, length: 12 },
});

/** Four tokens of five are 1, so that there is something to learn in a few updates. */
const data = [Array.from({ length: 1200 }, (_, i) => (i % 5 === 0 ? (i / 5) % 10 : 1)).join(' ')];
const options: TrainOptions = {
  ...{ config: config('ddit-orig'), vocabulary: 11, data, loss: 'mdlm', updates: 12, length: 12, batch: 4 },
  ...{ learningRate: 1e-2, warmup: 0, ema: 0.5, seed: 3 },
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a training from scratch', () => {
  it('of masked diffusion learns, and goes on after it was stopped as if it had not been', async () => {
    const whole = await engine.call('train', options);
    expect(whole.losses).toHaveLength(12);
    expect(mean(whole.losses.slice(-3))).toBeLessThan(0.6 * whole.losses[0]);
    expect(whole.validation.at(-1)!.loss).toBeLessThan(0.6 * whole.validation[0].loss);
    const made = (await engine.call('models', {})).find(({ id }) => id === whole.model);
    expect(made).toMatchObject({ kind: 'teacher', origin: 'distilled', vocabulary: 11, length: 12 });
    const { config: json } = await engine.call('exportModel', { model: whole.model });
    expect(JSON.parse(json)).toMatchObject({ model: { name: 'micro, 12 updates by mdlm', n_blocks: 1 } });

    const controller = new AbortController();
    const onDistill = (told: DistillProgress): void => {
      if (told.kind === 'update' && told.report.update === 5) controller.abort();
    };
    const { signal } = controller;
    const stopped = engine.call('train', { ...options, save: 'mine' }, { signal, onDistill });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    await expect(engine.call('train', { ...options, save: 'mine' })).rejects.toThrow(/^save is "mine"/);
    expect(await engine.call('distillSaved', {})).toEqual([]);
    await expect(engine.call('distillOpen', { resume: 'mine' })).rejects.toThrow(/no distillation/);
    const resumed = await engine.call('train', { resume: 'mine' });
    expect(resumed.losses).toEqual(whole.losses);
    expect(resumed.validation.at(-1)).toEqual(whole.validation.at(-1));
    expect((await stores.runs.list()).length).toBe(0);
  });

  it('of a causal network adds up the gradients of micro-batches', async () => {
    const causal: TrainOptions = { ...options, config: config('ar_orig'), loss: 'causal', updates: 3 };
    const norms: number[] = [];
    const onDistill = (told: DistillProgress): void => {
      if (told.kind === 'update') norms.push(told.report.gradientNorm);
    };
    const one = await engine.call('train', causal, { onDistill });
    const two = await engine.call('train', { ...causal, batch: 2, accumulate: 2 }, { onDistill });
    // The first update begins with a head of zeros.
    expect(one.losses[0]).toBeCloseTo(Math.log(10), 5);
    expect(one.losses[2]).toBeLessThan(0.9 * one.losses[0]);
    expect(Math.abs(norms[3] / norms[0] - 1)).toBeLessThan(1e-4);
    expect(Math.abs(two.losses[1] / one.losses[1] - 1)).toBeLessThan(1e-4);
    const made = (await engine.call('models', {})).find(({ id }) => id === one.model);
    expect(made?.kind).toBe('causal');
  });
});
