import { expect, it } from 'vitest';
import { pairsOf } from './pairs.ts';

const token = (id: number, target: number, student: number) => ({ token: id, target, student });

it('pairsOf ends with what is left for the others, in both models', () => {
  const pairs = pairsOf([token(1, 0.5, 0.25), token(2, 0.25, 0.25), token(3, 0.125, 0.125)], 2);
  expect(pairs).toEqual([token(1, 0.5, 0.25), token(2, 0.25, 0.25), { target: 0.25, student: 0.5 }]);
  expect(pairsOf([token(1, 1 + 1e-7, 1)], 8).at(-1)).toEqual({ target: 0, student: 0 });
});
