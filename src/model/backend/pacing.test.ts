import { describe, expect, it } from 'vitest';
import { Pacer, SUBMIT_BUDGET } from './pacing.ts';

it('begins with one unit, whatever is left', () => {
  expect(new Pacer().units(100)).toBe(1);
});

it('fills a submit to its budget and not beyond', () => {
  const pacer = new Pacer();
  pacer.measured(1, SUBMIT_BUDGET / 8);
  expect(pacer.units(100)).toBe(8);
  expect(pacer.units(3)).toBe(3);
});

it('never stops, even where one unit takes longer than a submit may', () => {
  const pacer = new Pacer();
  pacer.measured(1, 40 * SUBMIT_BUDGET);
  expect(pacer.units(100)).toBe(1);
});

it('forgets a slow start', () => {
  const pacer = new Pacer();
  pacer.measured(1, 1000);
  for (let i = 0; i < 20; i++) pacer.measured(1, 1);
  expect(pacer.units(100)).toBeGreaterThan(40);
});

describe('units of different costs', () => {
  const costs = [2, 3, 1, 8, 1, 1];
  const take = (pacer: Pacer, from: number): number =>
    pacer.units(costs.length - from, (ahead) => costs[from + ahead]);

  it('begin with what the first submit may cost, or with one unit', () => {
    expect([4, 5, 6, 100].map((first) => take(new Pacer(first), 0))).toEqual([1, 2, 3, 6]);
    expect(take(new Pacer(1), 3)).toBe(1);
  });

  it('fill a submit by their cost, also where that is less than a whole', () => {
    const pacer = new Pacer();
    pacer.measured(10, SUBMIT_BUDGET);
    expect(costs.map((_, from) => take(pacer, from))).toEqual([3, 2, 3, 3, 2, 1]);
    // Twice as slow as thought, by half the average.
    pacer.measured(10, 3 * SUBMIT_BUDGET);
    expect(costs.map((_, from) => take(pacer, from))).toEqual([2, 2, 1, 1, 2, 1]);
  });
});
