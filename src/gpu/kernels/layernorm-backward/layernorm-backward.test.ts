import { describe, expect, it } from 'vitest';
import { centralDifferences, inner as dot } from '../../../testing/differences.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { chunksOf } from '../chunks.ts';
import { layerNormModulate } from '../layernorm/layernorm-modulate.reference.ts';
import { layerNormBackward } from './layernorm-backward.reference.ts';

describe('the reference', () => {
  it('has the gradient of x by central differences', () => {
    const s = { inner: 6, length: 3, stride: 14, shift: 1, scale: 8, partialStride: 14, chunkRows: 2 };
    const [x, dh] = [normals(1, 36, 2, 1), normals(2, 36)];
    const [weight, modulation] = [normals(3, 6, 0.3, 1), normals(4, 28)];
    const { dx } = layerNormBackward(x, dh, weight, modulation, s);
    const expected = centralDifferences((at) => dot(dh, layerNormModulate(at, weight, modulation, s)), x);
    expect(largestError(dx, expected)).toBeLessThan(1e-8);
  });
});

describe('chunksOf', () => {
  it.each([
    [1, 1, { rows: 4, perSample: 1, count: 1 }],
    [8, 32, { rows: 4, perSample: 8, count: 64 }],
    [3, 33, { rows: 4, perSample: 9, count: 27 }],
    [8, 128, { rows: 8, perSample: 16, count: 128 }],
    [4, 1023, { rows: 8, perSample: 128, count: 512 }],
  ])('%d samples of %d rows', (samples, length, expected) => {
    expect(chunksOf({ samples, length })).toEqual(expected);
  });
});
