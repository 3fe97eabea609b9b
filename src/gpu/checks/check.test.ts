import { describe, expect, it } from 'vitest';
import type { Gpu } from '../device.ts';
import { overCases, runKernelChecks, type KernelCheck } from './check.ts';

/** As much of a device as running checks takes; `errors` are what its scopes pop. */
function fakeGpu({ software = false, errors = [] as string[], lost = (): boolean => false } = {}) {
  const scopes: string[] = [];
  const arenas: string[] = [];
  const gpu = {
    adapter: { software },
    get isLost() {
      return lost();
    },
    device: {
      pushErrorScope: (filter: string) => scopes.push(filter),
      popErrorScope: () => {
        scopes.pop();
        const message = errors.shift();
        return Promise.resolve(message === undefined ? null : { message });
      },
    },
    memory: {
      arena: (owner: string) => {
        arenas.push(owner);
        return { destroy: () => arenas.pop() };
      },
    },
  } as unknown as Gpu;
  return { gpu, scopes, arenas };
}

const check = (what: string, run: () => number | Promise<number>, gpuOnly = false): KernelCheck => ({
  ...{ kernel: 'k', what, bound: 1, measure: 'absolute', gpuOnly },
  run: async () => run(),
});

describe('runKernelChecks', () => {
  it('runs one after the other and tells of each as it comes', async () => {
    const { gpu, scopes } = fakeGpu();
    const told: string[] = [];
    const checks = ['a', 'b'].map((what) =>
      check(what, () => {
        told.push(`run ${what}`);
        return 0.5;
      }),
    );
    const results = await runKernelChecks(gpu, checks, { onCheck: ({ what }) => told.push(`told ${what}`) });
    expect(told).toEqual(['run a', 'told a', 'run b', 'told b']);
    expect(results[0]).toEqual({
      ...{ kernel: 'k', what: 'a', bound: 1, measure: 'absolute', error: 0.5, ok: true },
      milliseconds: expect.any(Number) as number,
    });
    expect(scopes).toEqual([]);
  });

  it.each([
    [1, true, 1],
    [1.001, false, 1.001],
    [NaN, false, Infinity],
    [Infinity, false, Infinity],
  ])('takes an error of %d, with a bound of 1, for ok: %j', async (error, ok, told) => {
    const { gpu } = fakeGpu();
    expect(await runKernelChecks(gpu, [check('a', () => error)])).toMatchObject([{ ok, error: told }]);
  });

  it('makes what throws a failed check, and goes on', async () => {
    const { gpu } = fakeGpu();
    const throws = check('a', () => Promise.reject(new Error('does not compile')));
    expect(await runKernelChecks(gpu, [throws, check('b', () => 0)])).toMatchObject([
      { ok: false, error: Infinity, message: 'does not compile' },
      { ok: true, error: 0 },
    ]);
  });

  it('makes what the device objects to a failed check', async () => {
    const { gpu } = fakeGpu({ errors: ['', 'too many workgroups'] });
    expect(await runKernelChecks(gpu, [check('a', () => 0), check('b', () => 0)])).toMatchObject([
      { ok: false, error: Infinity, message: 'too many workgroups' },
      { ok: true },
    ]);
  });

  it('stops before the next check when its signal says so, or when the device is gone', async () => {
    const controller = new AbortController();
    const stops = check('a', () => {
      controller.abort();
      return 0;
    });
    const { signal } = controller;
    expect(await runKernelChecks(fakeGpu().gpu, [stops, check('b', () => 0)], { signal })).toHaveLength(1);
    let lost = false;
    const { gpu } = fakeGpu({ lost: () => lost });
    const loses = check('a', () => {
      lost = true;
      return 0;
    });
    expect(await runKernelChecks(gpu, [loses, check('b', () => 0)])).toHaveLength(1);
  });

  it('leaves out on software adapters what only GPUs run', async () => {
    const checks = [check('a', () => 0, true), check('b', () => 0)];
    const whats = async (software: boolean) =>
      (await runKernelChecks(fakeGpu({ software }).gpu, checks)).map(({ what }) => what);
    expect([await whats(true), await whats(false)]).toEqual([['b'], ['a', 'b']]);
  });
});

describe('overCases', () => {
  const fields = { kernel: 'k', what: 'w', bound: 1, measure: 'absolute' } as const;

  it('takes the largest error, and NaN for larger than any', async () => {
    const { gpu } = fakeGpu();
    expect(await overCases(fields, [1, 3, 2], (_gpu, _arena, n) => Promise.resolve(n)).run(gpu)).toBe(3);
    expect(await overCases(fields, [1, NaN, 2], (_gpu, _arena, n) => Promise.resolve(n)).run(gpu)).toBeNaN();
  });

  it('frees the buffers of each case, also of one that throws', async () => {
    const { gpu, arenas } = fakeGpu();
    const throws = overCases(fields, [1], () => Promise.reject(new Error('x')));
    await expect(throws.run(gpu)).rejects.toThrow('x');
    expect(arenas).toEqual([]);
  });
});
