import { expect, it, vi } from 'vitest';
import type { PairResult } from '../../worker/protocol.ts';
import { cellOf, cellsOf, neighbours, overrated, slotsOf, spread } from './pair.ts';
import { pairSentences } from './PairTable.tsx';
import type { ShownText } from './shown-text.ts';

// There is no worker here, and nothing is asked.
vi.mock('../engine.ts', () => ({ engine: {} }));

const pieces = { 0: ' red', 1: ' blue', 2: ' car', 3: ' bike' };
const text = { vocabulary: { pieces, maskId: 9 } } as unknown as ShownText;

/** Half of all stories say "red car", half "blue bike"; `rho` 0: as they would be drawn at once. */
function stories(rho: number): PairResult {
  const same = (1 + rho) / 4;
  const other = (1 - rho) / 4;
  const row = (token: number) => ({ token, probability: 0.5, distance: rho / 2 });
  return {
    ...{ positions: [3, 4], held: 1, distance: rho / 2, rows: [row(0), row(1)] },
    columns: [
      { token: 2, probability: 0.5 },
      { token: 3, probability: 0.5 },
    ],
    joint: [
      [same, other],
      [other, same],
    ],
    product: [
      [0.25, 0.25],
      [0.25, 0.25],
    ],
    likeliest: { joint: [0, 2], product: [0, 3] },
  };
}

it('takes the slots that were chosen as long as they are masked, and else neighbours', () => {
  const masked = [2, 5, 6, 9];
  expect(slotsOf([], masked)).toEqual([5, 6]);
  expect(slotsOf([9, 2], masked)).toEqual([9, 2]);
  expect(slotsOf([9, 3], masked)).toEqual([6, 9]);
  expect(slotsOf([5], masked)).toEqual([5, 6]);
  expect(slotsOf([], [1, 4])).toEqual([1, 4]);
  expect(slotsOf([4], [4])).toBeUndefined();
  expect(neighbours(masked)).toEqual([[5, 6]]);
});

it('tries a few of many, from one end towards the other', () => {
  expect(spread([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 3)).toEqual([0, 4, 8]);
});

it('finds the cells of a pair, and the pair that is drawn too often', () => {
  const result = stories(1);
  expect(cellsOf(result, [1, 2])).toHaveLength(1);
  expect(cellOf(result, [1, 3])).toEqual({ tokens: [1, 3], product: 0.25, joint: 0.5 });
  expect(cellOf(result, [1, 7])).toBeUndefined();
  expect(overrated(result)).toEqual({ tokens: [0, 3], product: 0.25, joint: 0 });
});

it('says where both ways differ, and where they do not', () => {
  expect(pairSentences(stories(1), text, [3, 4])).toEqual([
    'Drawn at once, the likeliest pair is “red” | “bike”, with 25 %; one after the other it has 0 %.',
    'One after the other, “red” | “car” is likeliest, with 50 %; drawn at once it has 25 %.',
    'To know slot 4 moves 50 % of the chance in slot 5 to other tokens, on average: drawn in one step, they ignore that.',
  ]);
  expect(pairSentences(stories(0.02), text, [3, 4]).at(-1)).toMatch(/^Here the two hardly differ/);
});
