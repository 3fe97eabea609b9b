import { describe, expect, it } from 'vitest';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { passCost } from '../src/model/network/cost.ts';
import { measureEngines, measureNative, type NativeEngine } from './native.ts';

const about = { model: 'small', config: RELEASED_SMALL, length: 32, rows: 4 };
const effort = { most: 3, least: 3, seconds: 60 };
const quiet = () => undefined;

/** An engine whose timings are given; past them it fails. */
const engine = (name: string, bytes: number, values: number[], turns: string[] = []): NativeEngine => ({
  ...{ engine: name, precision: `${bytes} bytes`, bytes },
  prepare: () => {
    const left = [...values];
    return Promise.resolve(() => {
      turns.push(name);
      const value = left.shift();
      return value === undefined ? Promise.reject(new Error('it fell over')) : Promise.resolve(value);
    });
  },
});

describe('engines beside each other', () => {
  it('are timed in turn, and compared with the first round by round', async () => {
    const turns: string[] = [];
    const engines = [engine('ours', 2, [2, 4, 8], turns), engine('theirs', 4, [4, 4, 40], turns)];
    const { engines: rows, ...rest } = await measureEngines(engines, about, effort, quiet);
    expect(turns).toEqual(['ours', 'theirs', 'ours', 'theirs', 'ours', 'theirs']);
    expect(rest).toEqual({ model: 'small', length: 32, rows: 4 });
    const [ours, theirs] = rows;
    expect(ours).toMatchObject({ engine: 'ours', milliseconds: { median: 4, least: 2, most: 8 } });
    expect(ours.ratio).toBeUndefined();
    expect(theirs.ratio).toMatchObject({ median: 2, least: 1, most: 5, values: [2, 1, 5] });
    // Both medians are 4 ms: the same operations, and the bytes of the engine's own weights.
    const cost = passCost(RELEASED_SMALL, 32, 4, 2);
    expect(ours.gigaflops).toBeCloseTo(cost.operations / 4e6, 9);
    expect(theirs.gigaflops).toBe(ours.gigaflops);
    expect(ours.gigabytesPerSecond).toBeCloseTo(cost.weightBytes / 4e6, 9);
    expect(theirs.gigabytesPerSecond).toBeCloseTo(2 * ours.gigabytesPerSecond!, 9);
  });

  it('say why they have no times, and do not stop the others', async () => {
    const never: NativeEngine = {
      ...{ engine: 'never', precision: 'f32', bytes: 4 },
      prepare: () => Promise.reject(new Error('no compiler')),
    };
    const engines = [engine('falls', 2, [1]), never, engine('ours', 2, [1, 1, 1])];
    const { engines: rows } = await measureEngines(engines, about, effort, quiet);
    expect(rows.map(({ problem }) => problem)).toEqual(['it fell over', 'no compiler', undefined]);
    expect(rows[0].milliseconds).toBeUndefined();
    expect(rows[2].milliseconds?.values).toEqual([1, 1, 1]);
    // There is nothing left to compare with.
    expect(rows[2].ratio).toBeUndefined();
  });

  it('are not measured at all without PyTorch', async () => {
    const skipped = { skipped: 'python3 cannot import torch' };
    const gpu = undefined as unknown as Parameters<typeof measureNative>[0];
    const models = undefined as unknown as Parameters<typeof measureNative>[1];
    expect(await measureNative(gpu, models, skipped, quiet)).toEqual(skipped);
  });
});
