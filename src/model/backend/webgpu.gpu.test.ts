import { describe, expect, it, vi } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import { GemmChoice } from '../../gpu/autotune.ts';
import * as recorder from '../../gpu/recorder.ts';
import { useTestGpu } from '../../gpu/testing.ts';
import { expectedTensors, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { createWebGpuDenoiser } from './webgpu.ts';

const test = useTestGpu();

/** Largest |a - b|. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++)
    largest = Math.max(largest, Number.isFinite(a[i]) ? Math.abs(a[i] - b[i]) : Infinity);
  return largest;
}

const timeConditioned = async (): Promise<Checkpoint> => {
  const checkpoint = await fixtureCheckpoint('dit-d64/student');
  return { ...checkpoint, config: { ...checkpoint.config, timeConditioning: true } };
};

describe('golden logits', () => {
  it.each([
    ['f32', 1e-4],
    ['f16', 1e-2],
  ] as const)('of the small network stored as %s within %f', async (storage, bound) => {
    const denoiser = await createWebGpuDenoiser(test.gpu, await fixtureCheckpoint('dit-d64/student'), {
      storage,
    });
    const golden = await fixture('dit-d64/golden');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const logits = await denoiser.logits(tokens, { batch: 2, length: 24 });
    expect(distance(logits, await golden.floats('logits'))).toBeLessThan(bound);
    denoiser.destroy();
  });

  it('of the small network on the kernels for GPUs, which software adapters otherwise leave aside', async () => {
    const choice = new GemmChoice(false);
    const denoiser = await createWebGpuDenoiser(test.gpu, await fixtureCheckpoint('dit-d64/student'), {
      choice,
    });
    const golden = await fixture('dit-d64/golden');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const logits = await denoiser.logits(tokens, { batch: 2, length: 24 });
    expect(distance(logits, await golden.floats('logits'))).toBeLessThan(1e-4);
    denoiser.destroy();
  });

  it('of the small network with time conditioning, and at sigma 0 the same as folded', async () => {
    const denoiser = await createWebGpuDenoiser(test.gpu, await timeConditioned());
    const golden = await fixture('dit-d64/golden');
    const more = await fixture('dit-d64/golden_more');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const shape = { batch: 2, length: 24 };
    const timed = await denoiser.logits(tokens, shape, await more.floats('time_t'));
    expect(distance(timed, await more.floats('logits_time_conditioned'))).toBeLessThan(1e-4);
    const atZero = await denoiser.logits(tokens, shape, new Float32Array(2));
    expect(distance(atZero, await golden.floats('logits'))).toBeLessThan(1e-4);
    denoiser.destroy();
  });

  it.each(['teacher', 'student'] as const)('of the bundled %s within 1e-2', async (id) => {
    const denoiser = await createWebGpuDenoiser(test.gpu, await bundledCheckpoint(id));
    expect(denoiser.storage).toBe('f16');
    const golden = await fixture('bundled');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const logits = await denoiser.logits(tokens, { batch: 2, length: 32 });
    const error = distance(logits, await golden.floats(`${id}_logits`));
    // The matrices keep the file's own bits, so the error is that of f32 sums, far inside what f16 storage may cost.
    expect(error).toBeLessThan(1e-3);
    denoiser.destroy();
  });
});

describe('logits of chosen rows', () => {
  it('have the bits that they have among all, and only their head is computed', async () => {
    const choice = new GemmChoice(true);
    const denoiser = await createWebGpuDenoiser(test.gpu, await fixtureCheckpoint('dit-d64/student'), {
      choice,
    });
    const golden = await fixture('dit-d64/golden');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const shape = { batch: 2, length: 24 };
    const launched: [string, ...number[]][] = [];
    const submits = vi.spyOn(recorder, 'submit');
    const ask = async (rows?: Uint32Array<ArrayBuffer>): Promise<Float32Array> => {
      submits.mockClear();
      const logits = await denoiser.logits(tokens, shape, undefined, rows);
      const launches = submits.mock.calls.flatMap(([, given]) => [...given]);
      const { kernel, workgroups } = launches[launches.length - 1];
      launched.push([kernel, ...workgroups]);
      return logits;
    };
    const all = await ask();
    const rows = [47, 0, 25];
    const some = await ask(Uint32Array.from(rows));
    submits.mockRestore();
    expect([...some]).toEqual(rows.flatMap((row) => [...all.subarray(row * 131, (row + 1) * 131)]));
    // Tiles of four rows: twelve for all of them, one for three.
    expect(launched).toEqual([
      ['head-logits-f32-direct', 1, 12, 1],
      ['head-logits-f32-direct', 1, 1, 1],
    ]);
    denoiser.destroy();
  });

  it('are refused where there is no such row, or twice the same', async () => {
    const denoiser = await createWebGpuDenoiser(test.gpu, await fixtureCheckpoint('dit-d64/student'));
    const ask = (...rows: number[]) =>
      denoiser.logits(new Uint32Array(8), { batch: 2, length: 4 }, undefined, Uint32Array.from(rows));
    await expect(ask(7, 8)).rejects.toThrow('rows[1] is 8: there are rows 0 to 7.');
    await expect(ask(3, 1, 3)).rejects.toThrow('rows holds 3 twice: name each row once.');
    expect(await ask()).toHaveLength(0);
    denoiser.destroy();
  });
});

it.each([false, true])(
  'tells how far it is, in bytes from nothing to all of each stage (time conditioning: %s)',
  async (timeConditioning) => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const config = { ...checkpoint.config, timeConditioning };
    const reports: { stage: string; loaded: number; total: number }[] = [];
    const denoiser = await createWebGpuDenoiser(
      test.gpu,
      { ...checkpoint, config },
      { onProgress: (progress) => reports.push(progress) },
    );
    expect(reports.map(({ stage }) => stage).toSorted()).toEqual(
      reports.map(({ stage }) => stage).toReversed(),
    );
    const names = [...expectedTensors(config).keys()];
    const bytes = names.reduce((sum, name) => {
      const { begin, end } = checkpoint.tensors.info(name);
      return sum + end - begin;
    }, 0);
    for (const stage of ['upload', 'compile']) {
      const own = reports.filter((report) => report.stage === stage);
      expect(own.length).toBeGreaterThan(5);
      expect(own[0].loaded).toBe(0);
      expect(own.at(-1)!.loaded).toBe(own.at(-1)!.total);
      expect(own.every(({ loaded, total }) => loaded <= total)).toBe(true);
      const loaded = own.map((report) => report.loaded);
      expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
      if (stage === 'upload') expect(new Set(own.map(({ total }) => total))).toEqual(new Set([bytes]));
    }
    denoiser.destroy();
  },
);

it.each([
  ['model.hidden_size / model.n_heads is 256', { hidden: 512, heads: 2 }],
  ['model.hidden_size / model.n_heads is 10', { hidden: 20, heads: 2 }],
  ['model.cond_dim is 30', { condDim: 30, timeConditioning: true }],
  ['model.hidden_size is 12', { hidden: 12, heads: 1, timeConditioning: true }],
])('refuses sizes that the kernels do not take: %s', async (sentence, sizes) => {
  const checkpoint = await fixtureCheckpoint('dit-d64/student');
  const odd = { ...checkpoint, config: { ...checkpoint.config, ...sizes } };
  await expect(createWebGpuDenoiser(test.gpu, odd)).rejects.toMatchObject({
    code: 'limit',
    message: expect.stringContaining(sentence) as unknown,
  });
});
