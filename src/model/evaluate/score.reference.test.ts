import { describe, expect, it } from 'vitest';
import { tokenNll } from './score.reference.ts';

describe('the likelihood of a token', () => {
  it('is its share of the real tokens alone', () => {
    // 1, 3 and 4 parts in 8; the mask would have nearly all.
    const logits = [0, Math.log(3), Math.log(4), 50];
    expect(tokenNll(logits, 0, 3)).toBeCloseTo(Math.log(8), 12);
    expect(tokenNll(logits, 1, 3)).toBeCloseTo(Math.log(8 / 3), 12);
    expect(tokenNll(logits, 2, 3)).toBeCloseTo(Math.log(2), 12);
    expect(tokenNll([0, 0, 0, NaN], 1, 3)).toBeCloseTo(Math.log(3), 12);
  });

  it('is a number where exponentials would overflow or vanish', () => {
    expect(tokenNll([1e4, 0, 0], 1, 2)).toBe(1e4);
    expect(tokenNll([1e4, 0, 0], 0, 2)).toBe(0);
    expect(tokenNll([-1e4, -1e4, 0], 0, 2)).toBeCloseTo(Math.LN2, 9);
  });
});
