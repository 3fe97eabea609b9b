import { describe, expect, it } from 'vitest';
import { attentionError, runAttention } from '../../checks/attention.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';
import { attention } from './attention.reference.ts';

const test = useTestGpu();

// Every variant: lengths above 128 take larger tiles, and software adapters those of head size 96 there.
describe.each([32, 48, 64, 96, 128])('heads of size %d', (size) => {
  const longest = size === 48 ? 128 : 129;
  it.each([1, 2, 7, 31, 33, 64, longest])('length %d', async (length) => {
    const few = length > 64;
    const shape = { samples: few ? 1 : 3, length, heads: few ? 1 : 2, size };
    expect(await attentionError(test.gpu, test.arena, shape)).toBeLessThan(3e-6);
  });
});

it('takes a long text', async () => {
  expect(
    await attentionError(test.gpu, test.arena, { samples: 1, length: 1024, heads: 1, size: 32 }),
  ).toBeLessThan(3e-6);
});

// One variant for short texts and one for long ones.
describe.each([40, 140])('extreme scores at length %d', (length) => {
  const shape = { samples: 1, length, heads: 2, size: 32 };
  const width = shape.heads * shape.size;

  it('of queries and keys 50 times too large', async () => {
    // Scores of up to 1e4 carry an error of 1e-3, and so do the chances of keys that nearly tie.
    expect(await attentionError(test.gpu, test.arena, shape, { scale: 50 })).toBeLessThan(5e-3);
  });

  it('that are all equal, so that values are averaged', async () => {
    const values = normals(3, length * 3 * width);
    for (const score of [0, 1e4, -1e4]) {
      // q.k / sqrt(32) is `score` for every pair.
      const q = score / Math.sqrt(shape.size);
      const qkv = values.map((value, i) => [q, 1, value][Math.floor((i % (3 * width)) / width)]);
      expect(
        largestError(await runAttention(test.gpu, test.arena, qkv, shape), attention(qkv, shape)),
        `score ${score}`,
      ).toBeLessThan(2e-6);
    }
  });

  it('of which one key dominates by 1e4, wherever it stands', async () => {
    for (const winner of [0, 17, length - 1]) {
      const qkv = normals(4, length * 3 * width).map((value, i) => {
        const [row, column] = [Math.floor(i / (3 * width)), i % (3 * width)];
        if (column >= 2 * width) return value;
        return column < width ? 1 : row === winner ? 1e4 / Math.sqrt(shape.size) : 0;
      });
      const winning = qkv.subarray((3 * winner + 2) * width, (3 * winner + 3) * width);
      const expected = Float32Array.from({ length: length * width }, (_, i) => winning[i % width]);
      expect(
        largestError(await runAttention(test.gpu, test.arena, qkv, shape), expected),
        `key ${winner}`,
      ).toBeLessThan(1e-6);
    }
  });
});

describe('causal', () => {
  it.each([
    [1, false],
    [2, false],
    [33, false],
    [129, false],
    [33, true],
  ])('length %d (software variant: %j)', async (length, software) => {
    const shape = { samples: 2, length, heads: 2, size: 32, causal: true };
    expect(await attentionError(test.gpu, test.arena, shape, { software })).toBeLessThan(3e-6);
  });

  it('answers the queries of a span, over all keys before them', async () => {
    const shape = { samples: 2, length: 45, heads: 2, size: 32, causal: true };
    for (const span of [
      { first: 11, count: 20 },
      { first: 44, count: 1 },
      { first: 0, count: 9 },
    ]) {
      expect(await attentionError(test.gpu, test.arena, shape, { span })).toBeLessThan(3e-6);
    }
  });

  it('sees no key that comes later', async () => {
    const shape = { samples: 1, length: 40, heads: 1, size: 32, causal: true };
    const qkv = normals(5, 40 * 96);
    const before = await runAttention(test.gpu, test.arena, qkv, shape);
    const changed = qkv.map((value, i) => (i >= 30 * 96 ? 1e3 : value));
    const after = await runAttention(test.gpu, test.arena, changed, shape);
    expect(after.subarray(0, 30 * 32)).toEqual(before.subarray(0, 30 * 32));
    expect(after.subarray(30 * 32)).not.toEqual(before.subarray(30 * 32));
  });
});

// Heads whose vec4s divide the threads, and heads whose do not.
describe.each([32, 48, 64, 128, 20])('one query of heads of size %d', (size) => {
  it.each([1, 2, 31, 64, 130])('after %d keys', async (count) => {
    const shape = { samples: 3, length: count + 2, heads: 2, size, causal: true };
    const span = { first: count - 1, count: 1 };
    for (const keys of [32, 512]) {
      const error = await attentionError(test.gpu, test.arena, shape, { decode: true, keys, span });
      expect(error, `${keys} keys at a time`).toBeLessThan(3e-6);
    }
  });
});

it('takes one query with extreme scores, and many keys', async () => {
  const shape = { samples: 1, length: 1025, heads: 1, size: 32, causal: true };
  const run = { decode: true, span: { first: 1024, count: 1 } };
  expect(await attentionError(test.gpu, test.arena, shape, run)).toBeLessThan(3e-6);
  expect(await attentionError(test.gpu, test.arena, shape, { ...run, scale: 50 })).toBeLessThan(5e-3);
});
