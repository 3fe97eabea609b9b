import { expect, it } from 'vitest';
import { expectedTensors } from '../checkpoint/checkpoint.ts';
import { RELEASED_SMALL } from '../checkpoint/released-shapes.ts';
import { passCost } from './cost.ts';

it('counts the operations of the released small shape', () => {
  // By hand: 12 blocks of 24 * 32 * 768^2 + 4 * 32^2 * 768, and 2 * 32 * 768 * 50258 for the head.
  expect(passCost(RELEASED_SMALL, 32, 32, 2).operations).toBe(5_435_817_984 + 37_748_736 + 2_470_281_216);
  // Of a longer text only attention grows by the square.
  expect(passCost(RELEASED_SMALL, 64, 0, 2).operations).toBe(2 * 5_435_817_984 + 4 * 37_748_736);
});

it('reads each matrix once, and the head only where a token is drawn', () => {
  const { weightBytes: all } = passCost(RELEASED_SMALL, 32, 1, 2);
  expect(all).toBe(passCost(RELEASED_SMALL, 32, 32, 2).weightBytes);
  expect(all - passCost(RELEASED_SMALL, 32, 0, 2).weightBytes).toBe(2 * 768 * 50_258);
  expect(passCost(RELEASED_SMALL, 32, 1, 4).weightBytes).toBe(2 * all);
  // The matrices of the file but adaLN's, which is constant, and of the embedding the rows looked up.
  const matrices = [...expectedTensors(RELEASED_SMALL)].filter(
    ([name, shape]) => shape.length === 2 && !/adaLN|sigma_map|vocab_embed/.test(name),
  );
  const weights = matrices.reduce((sum, [, [columns, inner]]) => sum + columns * inner, 32 * 768);
  expect(all).toBe(2 * weights);
});
