import { describe, expect, it } from 'vitest';
import {
  attentionWeightsError,
  randomQkv,
  runAttentionWeights,
  type AttentionWeightsShape,
} from '../../checks/attention-weights.ts';
import { largestError } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';
import { attention } from '../attention/attention.reference.ts';
import { attentionWeights } from './attention-weights.reference.ts';

const test = useTestGpu();

/** Largest |sum of a row - 1|; infinite where a weight is no chance. */
function sumError(weights: Float32Array, length: number): number {
  if (!weights.every((weight) => weight >= 0 && weight <= 1 + 1e-6)) return Infinity;
  const sums = Array.from({ length }, (_, i) =>
    weights.subarray(i * length, (i + 1) * length).reduce((sum, weight) => sum + weight, 0),
  );
  return Math.max(...sums.map((sum) => Math.abs(sum - 1)));
}

describe('the weights of random queries and keys', () => {
  // Below and above the threads of a workgroup.
  it.each([1, 2, 31, 33, 128, 257])('of a text of %d tokens', async (length) => {
    for (const causal of [false, true]) {
      const shape = { length, heads: 2, size: 16, head: length % 2, causal };
      const error = await attentionWeightsError(test.gpu, test.arena, shape);
      expect(error, `causal: ${causal}`).toBeLessThan(2e-6);
    }
  });

  it.each([20, 128])('of every head of size %d', async (size) => {
    for (const head of [0, 1, 2]) {
      const shape = { length: 37, heads: 3, size, head };
      expect(await attentionWeightsError(test.gpu, test.arena, shape), `head ${head}`).toBeLessThan(2e-6);
    }
  });

  it('of a text of 1024 tokens', async () => {
    const shape = { length: 1024, heads: 1, size: 16, head: 0 };
    expect(await attentionWeightsError(test.gpu, test.arena, shape)).toBeLessThan(2e-6);
  });
});

describe('rows', () => {
  it('sum to 1, and are exactly 0 behind the diagonal where attention is causal', async () => {
    for (const [causal, scale] of [
      [false, 1],
      [true, 1],
      [true, 50],
    ] as const) {
      const shape = { length: 129, heads: 2, size: 16, head: 1, causal };
      const weights = await runAttentionWeights(test.gpu, test.arena, randomQkv(shape, scale), shape);
      expect(sumError(weights, 129)).toBeLessThan(1e-5);
      const behind = weights.filter((_, i) => i % 129 > Math.floor(i / 129));
      expect(behind.every((weight) => weight === 0)).toBe(causal);
    }
  });

  it('weigh the values as the attention of a forward pass does', () => {
    const shape = { length: 9, heads: 2, size: 8, head: 1 };
    const qkv = randomQkv(shape);
    const weights = attentionWeights(qkv, shape, 1);
    const y = attention(qkv, { ...shape, samples: 1 });
    for (let i = 0; i < 9; i++) {
      for (let c = 0; c < 8; c++) {
        let sum = 0;
        for (let j = 0; j < 9; j++) sum += weights[i * 9 + j] * qkv[((j * 3 + 2) * 2 + 1) * 8 + c];
        expect(sum).toBeCloseTo(y[(i * 2 + 1) * 8 + c], 12);
      }
    }
  });
});

describe('extreme scores', () => {
  const shape: AttentionWeightsShape = { length: 40, heads: 2, size: 16, head: 0 };
  const width = 32;
  /** q and k of which every score is `score(key)`. */
  const scored = (score: (key: number) => number) =>
    Float32Array.from({ length: 40 * 3 * width }, (_, i) => {
      const [key, column] = [Math.floor(i / (3 * width)), i % (3 * width)];
      return column < width ? 1 : score(key) / Math.sqrt(shape.size);
    });
  const run = (score: (key: number) => number) =>
    runAttentionWeights(test.gpu, test.arena, scored(score), shape);

  it('of queries and keys 50 times too large', async () => {
    // Scores of up to 1e4 carry an error of 1e-3, and so do the chances of keys that nearly tie.
    expect(await attentionWeightsError(test.gpu, test.arena, shape, 50)).toBeLessThan(5e-3);
  });

  it('that are all equal give all keys the same weight', async () => {
    for (const score of [0, 1e4, -1e4, 1e30, -1e30]) {
      const equal = new Float32Array(1600).fill(1 / 40);
      expect(largestError(await run(() => score), equal), `score ${score}`).toBeLessThan(1e-7);
    }
  });

  it('of which one dominates give its key all, wherever it stands', async () => {
    for (const winner of [0, 17, 39]) {
      const weights = await run((key) => (key === winner ? 1e4 : -1e4));
      expect([...weights].every((weight, i) => weight === (i % 40 === winner ? 1 : 0))).toBe(true);
    }
  });
});

describe('what would be wrong is told from what is right', () => {
  const shape = { length: 33, heads: 2, size: 16, head: 0 };
  const qkv = randomQkv(shape);
  const error = async (wanted: Float64Array) =>
    largestError(await runAttentionWeights(test.gpu, test.arena, qkv, shape), wanted);

  it('the other head, another scale, queries for keys, and no causality', async () => {
    const twice = randomQkv(shape, Math.SQRT2);
    const swapped = qkv.map((_, i) => {
      const part = Math.floor(i / 32) % 3;
      return part === 2 ? 0 : qkv[i + (part === 0 ? 32 : -32)];
    });
    expect(await error(attentionWeights(qkv, shape, 0))).toBeLessThan(2e-6);
    expect(await error(attentionWeights(qkv, shape, 1))).toBeGreaterThan(0.1);
    expect(await error(attentionWeights(twice, shape, 0))).toBeGreaterThan(0.1);
    expect(await error(attentionWeights(swapped, shape, 0))).toBeGreaterThan(0.1);
    expect(await error(attentionWeights(qkv, { ...shape, causal: true }, 0))).toBeGreaterThan(0.1);
  });
});
