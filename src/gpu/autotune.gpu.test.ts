import { afterEach, describe, expect, it, vi } from 'vitest';
import { autotune, GemmChoice, tuningKey, type GemmProblem } from './autotune.ts';
import { FEW_ROWS } from './kernels/gemm/gemm.ts';
import { useTestGpu } from './testing.ts';

const test = useTestGpu();
afterEach(() => {
  vi.restoreAllMocks();
});

const SMALL: GemmProblem = { length: 8, columns: 64, inner: 64, storage: 'f16' };
const OTHER: GemmProblem = { ...SMALL, inner: 128 };
const [small, other] = [SMALL, OTHER].map(tuningKey);
const launches = 1;

/** A clock that only submitted work moves: by `milliseconds[i]` for the i-th candidate. */
function simulateTimes(milliseconds: readonly number[]): void {
  let candidate = -1;
  let clock = 0;
  const compile = test.gpu.kernels.compile.bind(test.gpu.kernels);
  vi.spyOn(test.gpu.kernels, 'compile').mockImplementation((...args) => {
    candidate += 1;
    return compile(...args);
  });
  vi.spyOn(test.gpu.device.queue, 'onSubmittedWorkDone').mockImplementation(() => {
    clock += milliseconds[candidate];
    return Promise.resolve(undefined);
  });
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
}

describe('autotune', () => {
  it('measures each problem once, reports how far it is, and leaves no memory behind', async () => {
    const memory = test.gpu.memory.total();
    const progress: number[][] = [];
    const options = { launches, onProgress: (...args: number[]) => progress.push(args) };
    const tuning = await autotune(test.gpu, [SMALL, OTHER, SMALL], {}, options);
    expect(Object.keys(tuning).sort()).toEqual([small, other].sort());
    for (const index of Object.values(tuning)) expect(FEW_ROWS[index]).toBeDefined();
    expect(FEW_ROWS).toContain(new GemmChoice(false, tuning).layer(SMALL));
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(test.gpu.memory.total()).toEqual(memory);
  });

  it('does not measure again what is known', async () => {
    const dispatches = test.gpu.counters.dispatches;
    const known = { [small]: 4, [other]: 1 };
    expect(await autotune(test.gpu, [SMALL, OTHER], known, { launches })).toEqual(known);
    expect(test.gpu.counters.dispatches).toBe(dispatches);
  });

  it('adds to what is known', async () => {
    simulateTimes(FEW_ROWS.map(() => 1));
    expect(await autotune(test.gpu, [SMALL, OTHER], { [other]: 1, foreign: 9 }, { launches })).toEqual({
      foreign: 9,
      [other]: 1,
      [small]: 0,
    });
  });

  it.each([
    ['the fastest', [10, 9, 8, 4, 8, 9], 3],
    ['the last, if that is the fastest', [10, 10, 10, 10, 10, 4], 5],
    ['the default, if that is the fastest', [4, 9, 8, 5, 8, 9], 0],
    ['the default, if the fastest is ahead by less than noise', [10, 9.9, 10, 9.8, 10, 10], 0],
  ])('takes %s', async (_, milliseconds, expected) => {
    simulateTimes(milliseconds);
    expect(await autotune(test.gpu, [SMALL], {}, { launches })).toEqual({ [small]: expected });
  });

  it('measures nothing once its signal is aborted', async () => {
    const dispatches = test.gpu.counters.dispatches;
    const options = { launches, signal: AbortSignal.abort() };
    expect(await autotune(test.gpu, [SMALL], { foreign: 9 }, options)).toEqual({ foreign: 9 });
    expect(test.gpu.counters.dispatches).toBe(dispatches);
  });

  it('stops in the middle of a problem, keeps those that are complete, and leaves no memory behind', async () => {
    const memory = test.gpu.memory.total();
    const controller = new AbortController();
    const compile = test.gpu.kernels.compile.bind(test.gpu.kernels);
    let candidates = 0;
    vi.spyOn(test.gpu.kernels, 'compile').mockImplementation((...args) => {
      candidates += 1;
      // Under way with the second candidate of the second problem.
      if (candidates === FEW_ROWS.length + 2) controller.abort();
      return compile(...args);
    });
    const options = { launches, signal: controller.signal };
    expect(Object.keys(await autotune(test.gpu, [SMALL, OTHER], {}, options))).toEqual([small]);
    expect(candidates).toBe(FEW_ROWS.length + 2);
    expect(test.gpu.memory.total()).toEqual(memory);
  });
});
