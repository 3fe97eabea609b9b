import { describe, expect, it } from 'vitest';
import { distinct, perplexity, unigramEntropy } from './measures.ts';

describe('perplexity', () => {
  it('is exp of the mean, and its interval exp of that of the mean', () => {
    // Mean log 16 and standard error log 2 / 8, of two texts.
    const { mean, low, high } = perplexity([4 - 1 / 8, 4 + 1 / 8].map((x) => x * Math.LN2));
    expect(mean).toBeCloseTo(16, 12);
    const t = 12.7062047362;
    expect(low).toBeCloseTo(16 * 2 ** (-t / 8), 8);
    expect(high).toBeCloseTo(16 * 2 ** (t / 8), 8);
  });

  it('is never below 1, nor is its interval', () => {
    expect(perplexity([0, 1])).toMatchObject({ low: 1 });
  });

  it('of one text has no interval', () => {
    expect(perplexity([0])).toEqual({ mean: 1 });
  });
});

describe('unigramEntropy', () => {
  it('is of the frequencies of the tokens 2 to L', () => {
    // 5 twice, 6 once, 7 once: log 2 / 2 + 2 log 4 / 4 = 1.5 log 2.
    expect(unigramEntropy([9, 5, 6, 5, 7])).toBeCloseTo(1.5 * Math.LN2, 12);
    // The first does not count, whatever it is.
    expect(unigramEntropy([5, 5, 6, 5, 7])).toBeCloseTo(1.5 * Math.LN2, 12);
    expect(unigramEntropy([0, 1, 2, 3, 4])).toBeCloseTo(Math.log(4), 12);
    expect(unigramEntropy([0, 3, 3, 3])).toBe(0);
    expect(unigramEntropy([0, 3])).toBe(0);
  });
});

describe('positions that are named', () => {
  it('count alone', () => {
    const text = [0, 1, 1, 1, 2, 3];
    expect(unigramEntropy(text, [4, 5])).toBeCloseTo(Math.log(2), 12);
    expect(unigramEntropy(text, [1, 2, 3])).toBe(0);
    // Pairs 12 and 23, of which the first reaches into what does not count; 11 is not among them.
    expect(distinct(text, 2, [4, 5])).toBe(1);
    expect(distinct(text, 2, [2, 3])).toBe(1 / 2);
    expect(distinct(text, 2, [1])).toBe(1);
  });
});

describe('distinct', () => {
  it('is the share of different n-grams among those of the tokens 2 to L', () => {
    // Pairs 12, 21, 12, 23: three of four.
    const text = [0, 1, 2, 1, 2, 3];
    expect(distinct(text, 2)).toBe(3 / 4);
    expect(distinct(text, 1)).toBe(3 / 5);
    expect(distinct(text, 3)).toBe(1);
    expect(distinct([1, 1, 1, 1], 2)).toBe(1 / 2);
  });

  it('tells tokens apart whose digits run together', () => {
    expect(distinct([0, 1, 11, 1], 2)).toBe(1);
    expect(distinct([0, 1, 12, 3, 11, 2, 3], 2)).toBe(1);
  });

  it('is 1 where there is no n-gram at all', () => {
    expect(distinct([0, 1], 2)).toBe(1);
    expect(distinct([0, 1, 1], 2)).toBe(1);
  });
});
