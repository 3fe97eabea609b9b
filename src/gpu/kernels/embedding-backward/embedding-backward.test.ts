import { expect, it } from 'vitest';
import { centralDifferences, inner as dot } from '../../../testing/differences.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { embed } from '../embedding/embedding.reference.ts';
import { embeddingBackward } from './embedding-backward.reference.ts';
import { embeddingBackwardUniform } from './embedding-backward.ts';

it('the reference has the gradient of the table by central differences', () => {
  const tokens = [2, 0, 2, 3, 2];
  const [table, dx] = [normals(1, 5 * 4), normals(2, 5 * 4)];
  const expected = centralDifferences((at) => dot(dx, embed(at, tokens, 4)), table);
  const gradient = embeddingBackward(tokens, dx, { vocabulary: 5, hidden: 4 });
  expect(largestError(gradient, expected)).toBeLessThan(1e-8);
});

it('refuses more rows than it has bits for', () => {
  expect(embeddingBackwardUniform(4096, 8)).toEqual(Uint32Array.of(4096, 2));
  expect(() => embeddingBackwardUniform(4097, 8)).toThrow('4097 rows');
});
