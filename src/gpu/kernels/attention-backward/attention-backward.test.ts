import { describe, expect, it } from 'vitest';
import { centralDifferences, inner as dot } from '../../../testing/differences.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { attention } from '../attention/attention.reference.ts';
import { MAX_HEAD_SIZE, WORKGROUP_BYTES } from '../attention/attention.ts';
import { attentionBackward, rotateParts } from './attention-backward.reference.ts';
import {
  attentionBackwardBytes,
  attentionBackwardVariant,
  attentionBackwardWorkgroups,
  type TiledBackward,
} from './attention-backward.ts';

it.each([false, true])('the reference has the gradient by central differences (causal: %j)', (causal) => {
  const shape = { samples: 2, length: 3, heads: 2, size: 4, causal };
  const [projected, dy] = [normals(1, 144), normals(2, 48)];
  const expected = centralDifferences(
    (at) => dot(dy, attention(rotateParts(at, shape, 1), shape)),
    projected,
  );
  const gradient = attentionBackward(rotateParts(projected, shape, 1), dy, shape);
  expect(largestError(gradient, expected)).toBeLessThan(1e-8);
});

describe('attentionBackwardVariant', () => {
  const sizes = Array.from({ length: MAX_HEAD_SIZE / 4 }, (_, i) => 4 * (i + 1));

  const tiled = (size: number, length: number): TiledBackward => {
    const v = attentionBackwardVariant(size, length);
    if (v.kind !== 'tiled') throw new Error('a GPU takes tiles');
    return v;
  };

  it.each([1, 128, 129, 1024])('fits every head size into 16 KiB at length %d', (length) => {
    for (const size of sizes) {
      const v = tiled(size, length);
      expect(attentionBackwardBytes(v, size), `size ${size}`).toBeLessThanOrEqual(WORKGROUP_BYTES);
      // What attention-backward.wgsl asks for.
      expect(v.tile % 8).toBe(0);
      expect(v.rows % v.rowsPerThread).toBe(0);
    }
  });

  it('counts the bytes of the declarations in attention-backward.wgsl', () => {
    // Rows of vec4s with one of padding, twice 8 and once 32; 8 x 32 weights; 32 pairs of lse and delta.
    expect(attentionBackwardBytes({ kind: 'tiled', rows: 8, tile: 32, rowsPerThread: 1 }, 64)).toBe(
      16 * (2 * 8 + 32) * (64 / 4 + 1) + 4 * 8 * 32 + 8 * 32,
    );
  });

  it('takes the largest tiles that fit', () => {
    const all = (length: number) =>
      [32, 64, 96, 128].map((size) => {
        const { rows, tile } = tiled(size, length);
        return [rows, tile];
      });
    expect(all(32)).toEqual([
      [8, 32],
      [8, 32],
      [8, 16],
      [8, 8],
    ]);
    expect(all(1024)).toEqual([
      [32, 16],
      [16, 16],
      [8, 16],
      [8, 8],
    ]);
  });

  it('takes no tiles on software adapters', () => {
    const v = attentionBackwardVariant(64, 1024, true);
    expect(v).toEqual({ kind: 'direct' });
    expect(attentionBackwardWorkgroups(v, 33, 4, 8)).toEqual([3, 4, 8]);
    expect(attentionBackwardWorkgroups(tiled(64, 32), 33, 4, 8)).toEqual([5, 4, 8]);
  });

  it.each([0, 66, 132])('refuses heads of size %d', (size) => {
    expect(() => attentionBackwardVariant(size, 32)).toThrow(`attention heads of size ${size}`);
  });
});
