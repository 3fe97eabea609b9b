import { afterEach, describe, expect, it } from 'vitest';
import { sharedWebGpu } from '../../gpu/testing.ts';
import { createWebGpuDenoiser } from '../../model/backend/webgpu.ts';
import { Engine } from '../engine.ts';
import { diskHost, smallModel } from '../testing.ts';
import { memoryStores, type DistillStores } from './services.ts';
import type { DistillProgress, DistillState } from './result.ts';

let engine: Engine;

afterEach(() => {
  engine.destroy();
});

const start = async (stores: DistillStores): Promise<string> => {
  engine = new Engine({
    gpu: await sharedWebGpu(),
    secure: true,
    ...diskHost(),
    createDenoiser: createWebGpuDenoiser,
    stores: () => Promise.resolve(stores),
  });
  return await engine.call('open', await smallModel());
};

/** Texts of token ids, for a model without a tokenizer. */
const texts = Array.from({ length: 12 }, (_, i) =>
  Array.from({ length: 24 }, (_, j) => (7 * i + j * j) % 100).join(' '),
);
const options = {
  ...{ data: texts, length: 12, batch: 4, dt: 1 / 4, rounds: 2, updatesPerRound: 4 },
  ...{ learningRate: 1e-3, warmup: 0, seed: 5 },
};

/** Losses and norms of all updates. */
const curve = ({ history }: DistillState): number[][] =>
  history.map(({ loss, gradientNorm }) => [loss, gradientNorm]);

describe('a distillation', () => {
  let undisturbed: number[][];

  it('goes through its rounds, and its students are models', async () => {
    const teacher = await start(memoryStores());
    const told: DistillProgress[] = [];
    const onDistill = (progress: DistillProgress): void => void told.push(progress);
    const opened = await engine.call('distillOpen', { teacher, ...options });
    expect(opened).toMatchObject({ round: 1, updates: 0, finished: false, next: { phase: 'teacher' } });
    const half = await engine.call('distillRun', { until: 'round' }, { onDistill });
    expect(half).toMatchObject({ round: 1, updates: 4, finished: false });
    const end = await engine.call('distillRun', { until: 'end' }, { onDistill });
    expect(end).toMatchObject({ round: 2, updates: 8, finished: true });
    expect(end.rounds.map(({ nativeSteps }) => nativeSteps)).toEqual([2, 1]);
    expect(told.filter(({ kind }) => kind === 'update')).toHaveLength(8);
    expect(await engine.call('distillSaved', {})).toMatchObject([{ run: end.run, finished: true }]);
    undisturbed = curve(end);
    const models = await engine.call('models', {});
    const students = models.filter(({ origin }) => origin === 'distilled');
    expect(students.map(({ id }) => id)).toEqual(end.rounds.map(({ model }) => model));
    const { tokens } = await engine.call('sample', { model: students[1].id, length: 8, steps: 1 });
    expect(tokens[0]).toHaveLength(8);
  });

  it('goes on after a pause, in another engine, as if nothing had been', async () => {
    const others = memoryStores();
    const teacher = await start(others);
    const { run } = await engine.call('distillOpen', { teacher, ...options });
    for (let i = 0; i < 3; i++) await engine.call('distillRun', { until: 'update' });
    await engine.call('distillRun', { until: 'phase' });
    // As a tab that is closed: the lock is free, nothing is said.
    engine.destroy();
    const again = { ...others, runs: { ...others.runs, lock: () => Promise.resolve(() => undefined) } };
    await start(again);
    expect(await engine.call('distillSaved', {})).toMatchObject([{ run, finished: false }]);
    await engine.call('distillOpen', { resume: run });
    const resumed = await engine.call('distillRun', { until: 'end' });
    expect(curve(resumed)).toEqual(undisturbed);
  });
});
