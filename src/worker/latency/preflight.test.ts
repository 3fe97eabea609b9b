import { describe, expect, it } from 'vitest';
import { SHAPE_NAMES } from '../../model/checkpoint/released-shapes.ts';
import { checkLatency } from './arguments.ts';
import { totalBytes } from '../../model/network/memory.ts';
import { preflightOf, studySeconds } from './preflight.ts';
import type { DeviceFacts, Speed } from './preflight.ts';
import type { LatencyOptions } from './result.ts';
import { spoken } from './spoken.ts';

const GIB = 2 ** 30;
const device: DeviceFacts = {
  name: 'test',
  software: false,
  limits: { maxBufferSize: 4 * GIB, maxStorageBufferBindingSize: 4 * GIB },
};
/** A teraflop and 100 GB in a second. */
const fast: Speed = { operations: 1e9, bytes: 1e8 };
const judge = (options: LatencyOptions, facts: Partial<DeviceFacts> = {}, speed = fast) =>
  preflightOf(checkLatency(options), { ...device, ...facts }, speed);

describe('memory', () => {
  it('is that of either network', () => {
    const { memory, total } = judge({ shape: '424M', tokens: 1024 });
    for (const kind of ['diffusion', 'causal'] as const) {
      expect(total[kind]).toBe(totalBytes(memory[kind]));
      // 405 million weights of two bytes at the least; the cache takes 300 MB.
      expect(total[kind]).toBeGreaterThan(0.81e9);
      expect(total[kind]).toBeLessThan(1.25e9);
    }
    expect(total.causal).toBeGreaterThan(total.diffusion);
  });
});

describe('refusals', () => {
  const MIB = 2 ** 20;
  const bound = (mebibytes: number, size = 4 * GIB): Partial<DeviceFacts> => ({
    limits: { maxBufferSize: size, maxStorageBufferBindingSize: mebibytes * MIB },
  });

  it('are none where everything fits', () => {
    for (const shape of SHAPE_NAMES) expect(judge({ shape, tokens: 1024 }).refusals).toEqual([]);
  });

  it('are those of the limits: of a layer of a block, or of what goes through it', () => {
    expect(judge({ shape: '1.3B' }, bound(32)).refusals).toEqual([]);
    expect(judge({ shape: '1.3B' }, bound(31)).refusals).toEqual([
      'The layer mlp.0 of a block needs 32 MiB in one buffer, but maxStorageBufferBindingSize of this GPU is 31 MiB: ' +
        'choose a smaller model.',
    ]);
    expect(judge({ shape: '1.3B' }, bound(4096, 31 * MIB)).refusals[0]).toMatch(
      /maxBufferSize of this GPU is 31 MiB/,
    );
  });

  it('say how long it would take where a CPU plays GPU; a GPU is never too slow', () => {
    const slow: Speed = { operations: 5e6, bytes: 1e6 };
    const { seconds, refusals } = judge({ shape: '424M' }, { software: true }, slow);
    expect(seconds).toBeGreaterThan(600);
    expect(refusals).toEqual([
      expect.stringMatching(
        `424M would take about ${spoken(seconds)} here, where a CPU plays GPU: choose a smaller shape, or open`,
      ),
    ]);
    // There is none below the smallest.
    const slower = { operations: 5e5, bytes: 1e5 };
    const least = judge({ shape: '169M' }, { software: true }, slower).refusals;
    expect(least[0]).toMatch(/where a CPU plays GPU: open this page where there is a GPU\.$/);
    expect(judge({ shape: '424M' }, {}, slow).refusals).toEqual([]);
    const small = { hidden: 64, blocks: 2, heads: 2, vocabulary: 131 };
    expect(judge({ shape: small, tokens: 16 }, { software: true }, slow).refusals).toEqual([]);
  });
});

describe('the estimate of time', () => {
  it('follows the budget of a point where runs do not fit it', () => {
    const options = checkLatency({ shape: '424M', tokens: 1024, seconds: 2 });
    const seconds = studySeconds(options, fast);
    // Most of the ten points take their two seconds and a timing more; a pass of 0.7 seconds is warmed up twice.
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThan(60);
    expect(studySeconds({ ...options, seconds: 4 }, fast)).toBeGreaterThan(seconds + 10);
  });

  it('is in words', () => {
    expect([0.2, 1, 89, 100, 5000, 7200, 36_000].map(spoken)).toEqual([
      ...['1 second', '1 second', '89 seconds', '2 minutes', '83 minutes', '2 hours', '10 hours'],
    ]);
  });
});
