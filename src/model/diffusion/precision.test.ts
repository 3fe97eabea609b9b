import { describe, expect, it } from 'vitest';
import { effectiveLaw, NAIVE_NOISE, neverDrawn, SAFE_NOISE, type NoiseGrid } from './precision.ts';

const geometric = (count: number, decay: number): Float64Array => {
  const weights = Float64Array.from({ length: count }, (_, i) => Math.exp(-decay * i));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
};
const distance = (p: ArrayLike<number>, q: ArrayLike<number>): number =>
  Array.from(p).reduce((sum, chance, i) => sum + Math.abs(chance - q[i]), 0) / 2;

/** Chance of the second of two entries, summed over every value of the grid. */
function exactly([first, second]: readonly number[], noise: NoiseGrid): number {
  let sum = 0;
  const { count } = noise;
  for (let n = 0; n < count; n++) sum += 1 - noise.atMost((first * noise.value(n)) / second) / count;
  return sum / count;
}

describe('noise on a grid', () => {
  it.each([
    ['naive', NAIVE_NOISE, 5.97e-8, 23.03],
    ['safe', SAFE_NOISE, 1.164e-10, 22.87],
  ])('counts its own values: %s', (_name, noise, least, most) => {
    expect(noise.value(0) / least).toBeCloseTo(1, 3);
    expect(noise.value(noise.count - 1)).toBeCloseTo(most, 2);
    for (const n of [
      0,
      1,
      2,
      100,
      12345,
      noise.count / 2,
      noise.count - 3,
      noise.count - 2,
      noise.count - 1,
    ]) {
      const [value, next] = [noise.value(n), n + 1 < noise.count ? noise.value(n + 1) : 30];
      // Next to the middle float32 has values that coincide.
      if (next > value)
        expect(Math.abs(noise.atMost((value + next) / 2) - n - 1)).toBeLessThanOrEqual(n / 1e6);
      if (n === 0) expect(noise.atMost(value / 2)).toBe(0);
    }
    expect(noise.atMost(40)).toBe(noise.count);
  });
});

describe('effectiveLaw', () => {
  it.each([1e-5, 3e-7, 3e-8])('is the exact sum over naive noise: two entries, %f', (rare) => {
    const q = [1 - rare, rare];
    const sum = exactly(q, NAIVE_NOISE);
    const error = (law: ArrayLike<number>): number => Math.abs(law[1] / sum - 1);
    expect(error(effectiveLaw(q, NAIVE_NOISE))).toBeLessThan(2e-4);
    expect(error(effectiveLaw(q, NAIVE_NOISE, false))).toBeLessThan(2e-3);
    // A wrong twin: noise without a grid keeps the law.
    if (rare < 2e-7) expect(error(q)).toBeGreaterThan(0.01);
  });

  it('is the exact law under safe noise, as far as 2^-32 reaches', () => {
    for (const q of [geometric(4, 1), geometric(200, 0.05), geometric(4096, 0.002)]) {
      const law = effectiveLaw(q, SAFE_NOISE);
      expect(distance(law, q)).toBeLessThan(1e-5);
      expect(Math.max(...q.map((chance, i) => Math.abs(law[i] / chance - 1)))).toBeLessThan(2e-4);
    }
  });

  it('takes many entries together as it would each by itself', () => {
    // With a mask's chance beside them, as in one of many steps.
    const q = [...geometric(500, 0.02).map((chance) => chance / 1000), 0.999];
    const tokens = (law: ArrayLike<number>) =>
      Array.from(law)
        .slice(0, 500)
        .map((chance) => 1000 * chance);
    const single = tokens(effectiveLaw(q, NAIVE_NOISE, true));
    expect(distance(single, tokens(effectiveLaw(q, NAIVE_NOISE, false)))).toBeLessThan(1e-5);
    // The tail is cut: what is compared is no copy of q.
    expect(distance(single, tokens(q))).toBeGreaterThan(2e-3);
  });

  it('gives entries of chance 0 none, and does not mind a factor', () => {
    const law = effectiveLaw([0.5, 0, 0.25, 0.25], NAIVE_NOISE);
    expect([...law]).toEqual([0.5, 0, 0.25, 0.25].map((p) => expect.closeTo(p, 4) as number));
    const scaled = effectiveLaw([2, 0, 1, 1], NAIVE_NOISE);
    expect(distance(law, scaled)).toBeLessThan(1e-9);
  });
});

describe('neverDrawn', () => {
  it('is decided by the ends of the grid', () => {
    // 5.97e-8 / 23.03 = 2.59e-9
    expect(neverDrawn([1, 2.7e-9, 2.5e-9, 0], NAIVE_NOISE)).toEqual([false, false, true, true]);
    expect(neverDrawn([1, 1e-11, 4e-12], SAFE_NOISE)).toEqual([false, false, true]);
  });
});
