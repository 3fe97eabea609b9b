import { describe, expect, it } from 'vitest';
import { expectedTensors } from '../../model/checkpoint/checkpoint.ts';
import { SHAPE_NAMES } from '../../model/checkpoint/released-shapes.ts';
import { checkLatency } from './arguments.ts';
import { networkMemory, preflightOf, studySeconds, totalBytes, twinConfig } from './preflight.ts';
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
  it.each(SHAPE_NAMES)('has room for every weight of the file but adaLN: %s', (name) => {
    const { shape } = checkLatency({ shape: name });
    for (const kind of ['diffusion', 'causal'] as const) {
      const config = twinConfig(shape, kind, 1024);
      const tensors = [...expectedTensors(config)].filter(([tensor]) => !/adaLN|sigma_map/.test(tensor));
      const least = tensors.reduce((sum, [, sizes]) => sum + 2 * sizes.reduce((a, b) => a * b, 1), 0);
      const { embedding, weights } = networkMemory(config, 1024);
      expect(embedding + weights).toBeGreaterThan(least);
      // Padding, biases as f32, sums of columns, gates and angles: hardly anything.
      expect(embedding + weights).toBeLessThan(1.02 * least);
    }
  });

  it('has a cache only for the causal network: queries, keys and values of every block and token', () => {
    const { shape } = checkLatency({ shape: '1.3B' });
    const causal = networkMemory(twinConfig(shape, 'causal', 1024), 1024);
    const diffusion = networkMemory(twinConfig(shape, 'diffusion', 1024), 1024);
    expect(causal.cache).toBe(24 * 1024 * 3 * 2048 * 4);
    expect(diffusion.cache).toBe(0);
    expect(diffusion.activations - causal.activations).toBe(causal.cache / 24);
  });

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

  it('say that a tensor cannot be bound whole, and what gives', () => {
    // 50,304 padded rows of 1536 halves are 147.4 MiB.
    expect(judge({ shape: '863M' }, bound(148)).refusals).toEqual([]);
    expect(judge({ shape: '863M' }, bound(147)).refusals).toEqual([
      expect.stringMatching(
        /^The shape 863M needs 148 MiB in one piece for the head, but maxStorageBufferBindingSize of this GPU is 147 MiB: choose a smaller shape, or open this page on a larger GPU\.$/,
      ),
    ]);
    expect(judge({ shape: '863M' }, bound(4096, 128 * MIB)).refusals[0]).toMatch(
      /maxBufferSize of this GPU is 128 MiB/,
    );
    // Of a narrow vocabulary a layer, or what goes through it, is the largest.
    const narrow = { hidden: 2048, blocks: 1, heads: 16, vocabulary: 131 };
    expect(judge({ shape: narrow, tokens: 1024 }, bound(1)).refusals[0]).toMatch(/32 MiB .* block|MLP/);
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
