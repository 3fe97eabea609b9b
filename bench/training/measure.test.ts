import { describe, expect, it } from 'vitest';
import type { DeviceCounts } from './device-counts.ts';
import type { TrainingEngineId, UpdateNumbers } from './engine.ts';
import { measureTurns, medianPhases, type TrainingContender } from './measure.ts';
import { PHASES, type PhaseCosts } from './ours.ts';
import { disagreement } from './result.ts';

const counts = (submits: number): DeviceCounts => ({
  ...{ dispatches: 10 * submits, passes: submits, submits, bindGroups: 0, pipelines: 0 },
  ...{ buffers: 0, writes: 0, copies: 0, readBacks: 0 },
});

/** An engine whose first update takes 10 submits and every other one 2. */
function contender(
  engine: TrainingEngineId,
  update: (number: number) => UpdateNumbers,
  log: string[] = [],
): TrainingContender {
  let made = 0;
  return {
    engine,
    open: () =>
      Promise.resolve({
        watch: {
          counts: () => counts(made === 0 ? 0 : 8 + 2 * made),
          ...{ bytes: 5, peakBytes: 7 },
          stop: () => {
            log.push(`${engine} is left alone`);
          },
        },
        update: () => {
          made += 1;
          log.push(`${engine} ${made}`);
          return Promise.resolve(update(made));
        },
      }),
  };
}

const falling = (number: number): UpdateNumbers => ({ loss: 1 / number, gradientNorm: 2 });
const effort = { most: 2, least: 2, seconds: 0 };
const quiet = (): void => undefined;

describe('training in turns', () => {
  it('warms up and counts everyone before anyone is timed, and then takes turns', async () => {
    const log: string[] = [];
    const two = [contender('ours', falling, log), contender('tfjs', falling, log)];
    const rows = await measureTurns(two, effort, quiet);
    const warmUp = (engine: string) => [`${engine} 1`, `${engine} 2`, `${engine} is left alone`];
    const timed = ['ours 3', 'tfjs 3', 'ours 4', 'tfjs 4'];
    expect(log).toEqual([...warmUp('ours'), ...warmUp('tfjs'), ...timed]);
    expect(rows.map(({ milliseconds }) => milliseconds?.values.length)).toEqual([2, 2]);
    expect(rows.map(({ ratio }) => ratio?.values.length)).toEqual([undefined, 2]);
    expect(rows[1]).toMatchObject({ counts: counts(2), peakBytes: 7 });
    expect(rows[1].updates).toEqual([falling(1), falling(2)]);
  });

  it('gives a sentence for one that cannot run, and goes on', async () => {
    const cannot: TrainingContender = {
      engine: 'jax-js',
      open: () => Promise.reject(new Error('no adapter\n')),
    };
    const rows = await measureTurns([contender('ours', falling), cannot], effort, quiet);
    expect(rows[1]).toEqual({ engine: 'jax-js', updates: [], problem: 'no adapter.' });
    expect(rows[0].milliseconds).toBeDefined();
  });

  it('keeps what was counted of one that fails on its way', async () => {
    const breaks = contender('tfjs', (number) =>
      number < 3 ? falling(number) : { loss: NaN, gradientNorm: 1 },
    );
    const [, row] = await measureTurns([contender('ours', falling), breaks], effort, quiet);
    expect(row.problem).toBe('tfjs came to a loss of NaN, gradients of 1.');
    expect(row.milliseconds).toBeUndefined();
    expect(row.counts).toEqual(counts(2));
  });

  it('has no time for one that computes something else', async () => {
    const close = contender('jax-js', (number) => ({ ...falling(number), gradientNorm: 2.001 }));
    const off = contender('tfjs', (number) => ({ loss: number === 1 ? 1 : 0.49, gradientNorm: 2 }));
    const rows = await measureTurns([contender('ours', falling), close, off], effort, quiet);
    expect(rows[1].problem).toBeUndefined();
    expect(rows[1].ratio).toBeDefined();
    expect(rows[2].problem).toBe('Its loss differs from ours by 2.0e-2, the norm of its gradient by 0.0e+0.');
    expect([rows[2].milliseconds, rows[2].ratio]).toEqual([undefined, undefined]);
  });
});

it('compares as many updates as both have made', () => {
  const row = (engine: TrainingEngineId, losses: number[]) => ({
    engine,
    updates: losses.map((loss) => ({ loss, gradientNorm: 1 })),
  });
  expect(disagreement([row('ours', [2, 4]), row('tfjs', [2, 5])], 'tfjs')).toEqual({
    loss: 0.25,
    gradientNorm: 0,
  });
  expect(disagreement([row('ours', [2]), row('tfjs', [2, 5])], 'tfjs')).toEqual({ loss: 0, gradientNorm: 0 });
  expect(disagreement([row('ours', [2]), row('tfjs', [])], 'tfjs')).toBeUndefined();
});

it('takes the median of each phase by itself', () => {
  const costs = (times: readonly number[]): PhaseCosts =>
    Object.fromEntries(
      PHASES.map((phase, i) => [phase, { milliseconds: times[i], dispatches: 10 * i }]),
    ) as unknown as PhaseCosts;
  const { n, costs: found } = medianPhases([costs([1, 9, 5, 0]), costs([2, 7, 6, 0]), costs([3, 8, 40, 0])]);
  expect(n).toBe(3);
  expect(PHASES.map((phase) => found[phase].milliseconds)).toEqual([2, 8, 6, 0]);
  expect(found.backward.dispatches).toBe(20);
});
