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
