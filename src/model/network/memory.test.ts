import { describe, expect, it } from 'vitest';
import { BASELINE_LIMITS } from '../../gpu/device.ts';
import { expectedTensors } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { RELEASED_SHAPES, SHAPE_NAMES, shapeConfig, type ShapeName } from '../checkpoint/released-shapes.ts';
import { networkLimits, networkMemory, totalBytes } from './memory.ts';
import { matrixPieces, tablePieces } from './pieces.ts';

const MIB = 2 ** 20;
const released = (name: ShapeName, kind: ModelConfig['kind'] = 'diffusion', length = 1024): ModelConfig =>
  shapeConfig(name, RELEASED_SHAPES[name], kind, length);

describe('memory', () => {
  it.each(SHAPE_NAMES)('has room for every weight of the file but adaLN: %s', (name) => {
    for (const [storage, bytes] of [
      ['f16', 2],
      ['f32', 4],
    ] as const) {
      for (const kind of ['diffusion', 'causal'] as const) {
        const config = released(name, kind);
        const tensors = [...expectedTensors(config)].filter(([tensor]) => !/adaLN|sigma_map/.test(tensor));
        const least = tensors.reduce((sum, [, sizes]) => sum + bytes * sizes.reduce((a, b) => a * b, 1), 0);
        const { embedding, weights } = networkMemory(config, { storage, batch: 1, length: 1024 });
        expect(embedding + weights).toBeGreaterThan(least);
        // Padding, biases as f32, sums of columns, gates and angles: hardly anything.
        expect(embedding + weights).toBeLessThan(1.02 * least);
      }
    }
  });

  it('has a cache only for the causal network: queries, keys and values of every block and token', () => {
    const use = { storage: 'f16', batch: 1, length: 1024 } as const;
    const causal = networkMemory(released('1.3B', 'causal'), use);
    const diffusion = networkMemory(released('1.3B'), use);
    expect(causal.cache).toBe(24 * 1024 * 3 * 2048 * 4);
    expect(diffusion.cache).toBe(0);
    // But for the spans of the positions.
    expect(diffusion.activations - causal.activations).toBe(causal.cache / 24 - 256 * 1024);
  });

  it.each(SHAPE_NAMES)(
    'of 8 texts of 1024 slots has nothing that is quadratic, or by slot and token: %s',
    (name) => {
      const config = released(name);
      const { hidden, vocabulary } = config;
      const of = (batch: number, length: number) =>
        networkMemory(config, { storage: 'f16', batch, length, logits: true });
      const many = of(8, 1024);
      // Floats of a slot: x, queries, keys and values, what was attended to, the inside of the MLP.
      expect(many.activations).toBe(8192 * (4 + 4 * 9 * hidden) + 256);
      // Two scratches of 32 MiB at most, whatever is written; the rest is 68 bytes a slot, and a Selection for each part.
      const { head } = many;
      expect(head).toBeLessThan(64 * MIB + 68 * 8192 + 256 * 2100);
      expect(head).toBeLessThan((4 * 8192 * vocabulary) / 20);
      expect(of(4, 2048).activations).toBe(many.activations);
    },
  );
});

describe('pieces', () => {
  it.each([
    [50_258, 3072, 128 * MIB],
    [50_258, 6144, 128 * MIB],
    [331, 128, 32_768],
    [7, 4, 1],
    [1, 64, 128],
  ])('of %d rows of %d bytes follow each other and fit %d', (total, bytes, most) => {
    for (const [pieces, unit] of [
      [tablePieces(total, bytes, most), 1],
      [matrixPieces(total, bytes, most), 64],
    ] as const) {
      let next = 0;
      for (const { first, count } of pieces) {
        expect(first).toBe(next);
        expect(first % unit).toBe(0);
        expect(count).toBeGreaterThan(0);
        expect(Math.ceil(count / unit) * unit * bytes).toBeLessThanOrEqual(Math.max(most, unit * bytes));
        next += count;
      }
      expect(next).toBe(total);
      // No more than it takes.
      const most1 = Math.max(1, Math.floor(most / bytes / unit)) * unit;
      expect(pieces.length).toBeLessThanOrEqual(Math.ceil(total / most1));
    }
  });

  it('are one where a buffer holds all', () => {
    expect(matrixPieces(50_258, 1536, 128 * MIB)).toEqual([{ first: 0, count: 50_258 }]);
    expect(tablePieces(50_258, 1536, 50_258 * 1536)).toEqual([{ first: 0, count: 50_258 }]);
  });
});

describe('limits', () => {
  it.each(['169M', '424M', '863M'] as const)('that every device has are enough for %s', (name) => {
    for (const kind of ['diffusion', 'causal'] as const) {
      // 4096 slots at once are the most of a run.
      const { limits, reasons } = networkLimits(
        released(name, kind),
        { batch: 4, length: 1024 },
        BASELINE_LIMITS,
      );
      expect(reasons).toEqual({ f16: [], f32: [] });
      expect(limits.map(({ limit, has }) => [limit, has])).toEqual([
        ['maxBufferSize', 256 * MIB],
        ['maxStorageBufferBindingSize', 128 * MIB],
      ]);
      for (const { needed } of limits) expect(needed.f32).toBeLessThanOrEqual(128 * MIB);
    }
  });

  it('are named where a layer or the texts are larger, with what helps', () => {
    const config = released('863M');
    const shape = { batch: 8, length: 1024 };
    const limits = { maxBufferSize: 256 * MIB, maxStorageBufferBindingSize: 191 * MIB };
    const texts =
      'A pass over 8 x 1024 slots needs 192 MiB in one buffer, but maxStorageBufferBindingSize of this GPU is 191 MiB: ' +
      'choose shorter texts, fewer at once, or a smaller model.';
    expect(networkLimits(config, shape, limits).reasons).toEqual({ f16: [texts], f32: [texts] });
    const narrow = { maxBufferSize: 35 * MIB, maxStorageBufferBindingSize: 128 * MIB };
    const { limits: needs, reasons } = networkLimits(config, { batch: 1, length: 32 }, narrow);
    expect(reasons).toEqual({
      f16: [],
      f32: [
        'The layer mlp.0 of a block needs 36 MiB in one buffer, but maxBufferSize of this GPU is 35 MiB: ' +
          'choose f16 weights, or a smaller model.',
      ],
    });
    expect(needs[0].needed).toEqual({ f16: 18 * MIB, f32: 36 * MIB });
  });

  it('count the modulation of networks with time conditioning, all blocks in one', () => {
    const timed = { ...released('863M'), timeConditioning: true };
    const { limits, reasons } = networkLimits(timed, { batch: 1, length: 32 }, BASELINE_LIMITS);
    expect(limits[1].needed.f32).toBe(4 * (6 * 24 + 2) * 1536 * 128);
    expect(reasons.f32).toEqual([]);
  });

  it('hold a total of all parts', () => {
    const memory = { embedding: 1, weights: 2, activations: 4, cache: 8, head: 16 };
    expect(totalBytes(memory)).toBe(31);
  });
});
