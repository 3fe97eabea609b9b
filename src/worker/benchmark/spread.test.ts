import { expect, it } from 'vitest';
import { inTurn, spread } from './spread.ts';

it('has the median and the range, and keeps the order', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, values: [3, 1, 2] });
  expect(spread([10, 2, 4, 3]).median).toBe(3.5);
  expect(spread([7])).toMatchObject({ median: 7, least: 7, most: 7 });
  expect(() => spread([])).toThrow('no timings');
});

it('takes turns, as often as asked', async () => {
  const order: string[] = [];
  const timing = (name: string) => () => Promise.resolve(order.push(name));
  const spreads = await inTurn([timing('a'), timing('b')], { most: 3, least: 1, seconds: 60 });
  expect(order.join('')).toBe('ababab');
  expect(spreads.map(({ values }) => values)).toEqual([
    [1, 3, 5],
    [2, 4, 6],
  ]);
});

it('stops early when time is up, but not before the least', async () => {
  const [{ values }] = await inTurn([() => Promise.resolve(1)], { most: 9, least: 2, seconds: -1 });
  expect(values).toHaveLength(2);
});
