import { describe, expect, it } from 'vitest';
import { fixture } from '../../../fixtures/load.ts';
import { timeBits, uniform } from '../../gpu/random.ts';
import { binomialLaw, chiSquareTest } from '../../testing/statistics.ts';
import { causalPlan, maskTokens, mdlmPlan, NO_SLOT, stratifiedTimes } from './corruption.ts';

const MASK = 10;
const EPS = 1e-5;

describe('times', () => {
  /** In which of `batch` equal parts of [eps, 1] each time lies. */
  const parts = (t: Float64Array): number[] =>
    Array.from(t, (time) => Math.floor(((time - EPS) / (1 - EPS)) * t.length));

  it('lie one in each part of [eps, 1]', () => {
    for (const batch of [1, 2, 7, 8, 64]) {
      for (let sample = 0; sample < 50; sample++) {
        expect(parts(stratifiedTimes(3, sample, batch, EPS))).toEqual(
          Array.from({ length: batch }, (_, i) => i),
        );
      }
    }
    // The wrong twin draws them independently.
    const independent = Float64Array.from({ length: 8 }, (_, i) => uniform(timeBits(3, i)));
    expect(parts(independent)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('are uniform over [eps, 1]', () => {
    const count = (map: (t: number) => number): Float64Array => {
      const counts = new Float64Array(20);
      for (let update = 0; update < 2000; update++) {
        counts[Math.floor(20 * map(stratifiedTimes(3, 8 * update, 8, EPS)[update % 8]))] += 1;
      }
      return counts;
    };
    const law = new Float64Array(20).fill(1 / 20);
    expect(
      chiSquareTest(
        count((t) => t),
        law,
      ),
    ).toBeGreaterThan(1e-3);
    expect(
      chiSquareTest(
        count((t) => t ** 1.2),
        law,
      ),
    ).toBeLessThan(1e-6);
    const [least] = stratifiedTimes(3, 0, 1, 0.5);
    expect(least).toBe(0.5 + 0.5 * uniform(timeBits(3, 0)));
  });
});

describe('masks', () => {
  const LENGTH = 40;

  /** p-value that the masked tokens of a text at time t are binomial with `chance`. */
  function fit(t: number, chance: number): number {
    const counts = new Float64Array(LENGTH + 1);
    for (let firstSample = 0; firstSample < 2000; firstSample += 4) {
      const tokens = new Uint32Array(4 * LENGTH).fill(1);
      const noisy = maskTokens(
        { tokens, length: LENGTH, maskId: MASK, seed: 9, firstSample },
        new Float64Array(4).fill(t),
      );
      for (let i = 0; i < 4; i++) {
        const text = noisy.subarray(i * LENGTH, (i + 1) * LENGTH);
        counts[text.filter((id) => id === MASK).length] += 1;
      }
    }
    return chiSquareTest(counts, binomialLaw(LENGTH, chance));
  }

  it.each([0.05, 0.5, 0.95])('come with chance 0.999 t, independently; t = %d', (t) => {
    expect(fit(t, 0.999 * t)).toBeGreaterThan(1e-3);
    expect(fit(t, 0.999 * t - 0.02)).toBeLessThan(1e-6);
  });

  it('leave one token in a thousand at t = 1', () => {
    const tokens = new Uint32Array(100_000).fill(1);
    const noisy = maskTokens(
      { tokens, length: 1000, maskId: MASK, seed: 1, firstSample: 0 },
      new Float64Array(100).fill(1),
    );
    const left = noisy.filter((id) => id !== MASK).length;
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThan(150);
  });

  it('of a text depend on its sample, not on its place in the batch', () => {
    const tokens = Uint32Array.from({ length: 5 * LENGTH }, (_, i) => i % 7);
    const t = new Float64Array(5).fill(0.5);
    const whole = maskTokens({ tokens, length: LENGTH, maskId: MASK, seed: 9, firstSample: 10 }, t);
    const part = maskTokens(
      { tokens: tokens.slice(3 * LENGTH), length: LENGTH, maskId: MASK, seed: 9, firstSample: 13 },
      t.slice(3),
    );
    expect(part).toEqual(whole.slice(3 * LENGTH));
  });
});

describe('labels', () => {
  const tokens = Uint32Array.from({ length: 6 * 12 }, (_, i) => i % 7);

  it('are x0 at the masked positions under the MDLM loss, weighted by 1 / t', () => {
    const plan = mdlmPlan({ tokens, length: 12, maskId: MASK, seed: 2, firstSample: 6 }, EPS);
    expect(plan.t).toEqual(stratifiedTimes(2, 6, 6, EPS));
    const masked = [...plan.tokens.keys()].filter((row) => plan.tokens[row] === MASK);
    expect(masked.length).toBeGreaterThan(20);
    expect([...plan.rows]).toEqual(masked);
    masked.forEach((row, i) => {
      expect(plan.slots[row]).toBe(i);
      expect(plan.labels[i]).toBe(tokens[row]);
      expect(plan.weights[i]).toBe(1 / plan.t[Math.floor(row / 12)]);
    });
    plan.tokens.forEach((id, row) => {
      if (id !== MASK) expect([id, plan.slots[row]]).toEqual([tokens[row], NO_SLOT]);
    });
  });

  it('have the weights of the released loss', async () => {
    const golden = await fixture('dit-d64/golden');
    const weights = await golden.floats('nelbo_weight');
    (await golden.floats('nelbo_t')).forEach((t, i) => {
      expect(weights[i] * t).toBeCloseTo(1, 5);
    });
  });

  it('are the tokens that follow for a causal network', () => {
    const plan = causalPlan({ tokens: Uint32Array.of(1, 2, 3, 4, 5, 6), length: 3 });
    expect([...plan.rows]).toEqual([0, 1, 3, 4]);
    expect([...plan.labels]).toEqual([2, 3, 5, 6]);
    expect([...plan.slots]).toEqual([0, 1, NO_SLOT, 2, 3, NO_SLOT]);
    // The weighted sum over batch * length is the mean over the four rows.
    expect(plan.weights.reduce((sum, weight) => sum + weight / 6, 0)).toBeCloseTo(1, 12);
  });
});
