import { expect, it } from 'vitest';
import { attentionMap } from '../messages/lessons/attention-map.ts';
import { isEven, meanBehind, mostRead, rowOf, SHADES, shadesOf, sidesOf } from './attention.ts';

// Of three positions: the first reads the third, the second all alike, the third itself and the first.
const result = {
  ...{ layers: 1, heads: 1, length: 3 },
  weights: Float32Array.of(0, 0.25, 0.75, 0.5, 0.25, 0.25, 0.25, 0, 0.75),
};

it('says what a position reads, most first, ties by position', () => {
  expect(rowOf(result, 1)).toEqual([0.5, 0.25, 0.25]);
  expect(mostRead(rowOf(result, 1), 2)).toEqual([
    { position: 0, weight: 0.5 },
    { position: 1, weight: 0.25 },
  ]);
  expect(sidesOf(rowOf(result, 1), 1)).toEqual({ before: 0.5, itself: 0.25, behind: 0.25 });
});

it('tells a row that looks somewhere from one that does not', () => {
  expect(isEven([0.3, 0.3, 0.4])).toBe(true);
  expect(isEven([0.1, 0.1, 0.8])).toBe(false);
  expect(isEven([1])).toBe(true);
});

it('tells the halves of a map apart: a causal one reads nothing behind', () => {
  expect(meanBehind(result)).toBeCloseTo((1 + 0.25 + 0) / 3);
  const causal = { ...result, weights: Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5) };
  expect(meanBehind(causal)).toBe(0);
});

it('draws each weight once, by its shade, and none that is 0', () => {
  const shades = shadesOf(result, 0.75);
  expect(shades.at(-1)).toBe('M2 0h1v1h-1zM2 2h1v1h-1z');
  expect(shades[Math.round(SHADES * Math.sqrt(1 / 3)) - 1]).toBe(
    'M1 0h1v1h-1zM1 1h1v1h-1zM2 1h1v1h-1zM0 2h1v1h-1z',
  );
  expect(shades.join('').match(/M/g)).toHaveLength(7);
});

it('says it in words', () => {
  const reads = [
    { what: 'slot 6 “time”', weight: 0.312 },
    { what: 'the start', weight: 0.12 },
  ];
  expect(attentionMap.mostly('masked slot 7', reads)).toBe(
    'Masked slot 7 reads mostly slot 6 “time” (31 %) and the start (12 %).',
  );
});
