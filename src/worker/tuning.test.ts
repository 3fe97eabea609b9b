import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeVariant, DIRECT, FEW_ROWS } from '../gpu/kernels/gemm/gemm.ts';
import { tuningKey, type GemmProblem, type Tuning } from '../gpu/autotune.ts';
import { Gpu, type AdapterDescription } from '../gpu/device.ts';
import { adapterKey, IDLE, IdleTuner, type TuningStore } from './tuning.ts';

const problem: GemmProblem = { length: 32, columns: 768, inner: 256, storage: 'f16' };
const adapter = { name: 'a b', vendor: 'a', architecture: 'b', software: false };
/** As much of a device as a Gpu looks at when it is made. */
const fakeDevice = (): GPUDevice =>
  ({ features: new Set(), lost: new Promise(() => undefined) }) as unknown as GPUDevice;
const gpuOf = (description: AdapterDescription): Gpu => new Gpu(fakeDevice(), description);
const gpu = gpuOf(adapter);

function memory(): TuningStore & { map: Map<string, Tuning> } {
  const map = new Map<string, Tuning>();
  return {
    map,
    get: (key) => Promise.resolve(map.get(key)),
    set: (key, tuning) => Promise.resolve(void map.set(key, tuning)),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('measures when nothing was asked for a while, and remembers it for the next model', async () => {
  const store = memory();
  const measure = vi.fn(() => Promise.resolve({ [tuningKey(problem)]: 2 }));
  const tuner = new IdleTuner(store, measure);
  expect((await tuner.choice(gpu)).layer(problem)).toBe(FEW_ROWS[0]);
  tuner.add(gpu, [problem]);
  tuner.schedule();
  await vi.advanceTimersByTimeAsync(IDLE - 1);
  expect(measure).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(measure).toHaveBeenCalledOnce();
  expect(store.map.get(adapterKey(adapter))).toEqual({ [tuningKey(problem)]: 2 });
  expect((await tuner.choice(gpu)).layer(problem)).toBe(FEW_ROWS[2]);
  expect(await tuner.described(gpu)).toEqual({ [tuningKey(problem)]: describeVariant(FEW_ROWS[2]) });
});

it('gives way to a request, before and while it measures', async () => {
  const signals: AbortSignal[] = [];
  const measure = vi.fn(
    (_gpu: Gpu, _problems: readonly GemmProblem[], _known?: Tuning, o?: { signal?: AbortSignal }) => {
      if (o?.signal) signals.push(o.signal);
      return new Promise<Tuning>(() => undefined);
    },
  );
  const tuner = new IdleTuner(memory(), measure);
  tuner.add(gpu, [problem]);
  tuner.schedule();
  tuner.interrupt();
  await vi.advanceTimersByTimeAsync(2 * IDLE);
  expect(measure).not.toHaveBeenCalled();
  tuner.add(gpu, [problem]);
  tuner.schedule();
  await vi.advanceTimersByTimeAsync(IDLE);
  expect(signals[0].aborted).toBe(false);
  tuner.interrupt();
  expect(signals[0].aborted).toBe(true);
});

it('leaves software adapters alone, and takes a broken store for an empty one', async () => {
  const broken: TuningStore = {
    get: () => Promise.reject(new Error('denied')),
    set: () => Promise.reject(new Error('denied')),
  };
  const measure = vi.fn(() => Promise.resolve({ [tuningKey(problem)]: 1 }));
  const tuner = new IdleTuner(broken, measure);
  const software = gpuOf({ ...adapter, software: true });
  expect((await tuner.choice(software)).layer(problem)).toBe(DIRECT);
  expect(await tuner.described(software)).toEqual({});
  tuner.add(software, [problem]);
  tuner.schedule();
  await vi.advanceTimersByTimeAsync(2 * IDLE);
  expect(measure).not.toHaveBeenCalled();
  expect((await tuner.choice(gpu)).layer(problem)).toBe(FEW_ROWS[0]);
  tuner.add(gpu, [problem]);
  tuner.schedule();
  await vi.advanceTimersByTimeAsync(IDLE);
  expect(measure).toHaveBeenCalledOnce();
});
