import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTest } from '../../../testing/statistics.ts';
import { exponential, tokenBits, uniform } from '../../random.ts';
import { drawToken, entropyOf, tokenNll, tokenProbabilities, type NoiseAddress } from './sample.reference.ts';

describe('tokenProbabilities', () => {
  const logs = (probabilities: number[]) => [...probabilities.map(Math.log), 50];
  const close = (probabilities: number[]) =>
    [...probabilities, 0].map((p) => expect.closeTo(p, 12) as number);

  it('is softmax over real tokens, divided by the temperature', () => {
    expect([...tokenProbabilities(logs([0.5, 0.3, 0.2]), 3, 1, 1)]).toEqual(close([0.5, 0.3, 0.2]));
    const squares = [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38];
    expect([...tokenProbabilities(logs([0.5, 0.3, 0.2]), 3, 0.5, 1)]).toEqual(close(squares));
    expect([...tokenProbabilities([1e4, 1e4 - 2000, -1e4, 0], 3, 1, 1)]).toEqual(close([1, 0, 0]));
  });

  it('keeps the smallest set that reaches top-p, after temperature', () => {
    const logits = logs([0.2, 0.4, 0.1, 0.3]);
    expect([...tokenProbabilities(logits, 4, 1, 0.65)]).toEqual(close([0, 4 / 7, 0, 3 / 7]));
    expect([...tokenProbabilities(logits, 4, 1, 0.75)]).toEqual(close([2 / 9, 4 / 9, 0, 3 / 9]));
    expect([...tokenProbabilities(logits, 4, 1, 1e-9)]).toEqual(close([0, 1, 0, 0]));
    // At T = 1/2 the two likeliest hold 25/30 instead of 7/10.
    expect([...tokenProbabilities(logits, 4, 0.5, 0.75)]).toEqual(close([0, 16 / 25, 0, 9 / 25]));
  });

  it('reaches top-p, and would not without its least probable token', () => {
    const property = fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (logits, topP) => {
        const all = tokenProbabilities([...logits, 0], logits.length, 1, 1);
        const kept = all.filter((_, v) => tokenProbabilities([...logits, 0], logits.length, 1, topP)[v] > 0);
        const least = Math.min(...kept);
        const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
        expect(sum(kept)).toBeGreaterThan(topP - 1e-12);
        expect(sum(kept.filter((p) => p > least))).toBeLessThan(topP);
        expect([...kept].sort()).toEqual([...all.filter((p) => p >= least)].sort());
      },
    );
    fc.assert(property, { numRuns: 300, seed: 1 });
  });

  it('keeps all that tie at the threshold', () => {
    expect([...tokenProbabilities([0, 1, 0, 0, 9], 4, 1, 0.5)]).toEqual([
      ...tokenProbabilities([0, 1, 0, 0, 9], 4, 1, 1),
    ]);
    expect([...tokenProbabilities([5, 5, 5, 9], 3, 1, 0.1)]).toEqual(close([1 / 3, 1 / 3, 1 / 3]));
  });
});

it('entropyOf is in nats, and 0 for a law of one token', () => {
  expect(entropyOf(Float64Array.of(0.25, 0.25, 0, 0.5))).toBeCloseTo(1.5 * Math.LN2, 12);
  expect(entropyOf(Float64Array.of(0, 1))).toBe(0);
});

describe('drawToken', () => {
  type Draw = (probabilities: ArrayLike<number>, address: NoiseAddress) => number;
  const address = (k: number): NoiseAddress => ({ seed: 9, sample: k >> 7, position: k & 127 });

  /** A race with other noise: `noise` of the bits instead of an exponential. */
  const race =
    (noise: (bits: number) => number): Draw =>
    (probabilities, { seed, sample, position }) => {
      let [best, least] = [0, Infinity];
      for (let token = 0; token < probabilities.length; token++) {
        const score = noise(tokenBits(seed, sample, position, token)) / probabilities[token];
        if (score < least) [best, least] = [token, score];
      }
      return best;
    };

  function fit(draw: Draw, probabilities: Float64Array, draws: number): number {
    const counts = new Float64Array(probabilities.length);
    for (let k = 0; k < draws; k++) counts[draw(probabilities, address(k))] += 1;
    return chiSquareTest(counts, probabilities);
  }

  it('is the argmin of E / p over the noise of its address', () => {
    for (let k = 0; k < 200; k++) {
      const probabilities = tokenProbabilities([0.3, 1, -2, 0, 0.5, 9], 5, 1, 0.95);
      expect(drawToken(probabilities, address(k))).toBe(race(exponential)(probabilities, address(k)));
    }
    expect(drawToken([0, 0, 1], address(0))).toBe(2);
  });

  it('draws tokens by their chances, after temperature and top-p', () => {
    const logits = Array.from({ length: 25 }, (_, v) => 3 * Math.sin(7 * v));
    const probabilities = tokenProbabilities(logits, 24, 0.8, 0.95);
    expect(fit(drawToken, probabilities, 100_000)).toBeGreaterThan(1e-3);
    // Wrong twins: a race of uniforms, and one at a temperature of 0.85.
    expect(fit(race(uniform), probabilities, 100_000)).toBeLessThan(1e-12);
    const warm = tokenProbabilities(logits, 24, 0.85, 0.95);
    expect(fit((_, at) => drawToken(warm, at), probabilities, 100_000)).toBeLessThan(1e-12);
  });

  it('draws rare tokens as often as it should', () => {
    const law = [0.999, 0.001];
    const probabilities = new Float64Array(1001).fill(1e-6);
    probabilities[0] = law[0];
    const counts = [0, 0];
    for (let k = 0; k < 20_000; k++) counts[drawToken(probabilities, address(k)) === 0 ? 0 : 1] += 1;
    expect(chiSquareTest(counts, law)).toBeGreaterThan(1e-2);
  });

  it('is independent across positions, samples and the draws for one position', () => {
    const probabilities = Float64Array.of(0.4, 0.3, 0.2, 0.1);
    const pairs = Float64Array.from({ length: 16 }, (_, i) => probabilities[i >> 2] * probabilities[i & 3]);
    const test = (draw: Draw, [samples, positions, draws = 0]: readonly [number, number, number?]) => {
      const counts = new Float64Array(16);
      for (let k = 0; k < 20_000; k++) {
        const at = address(k);
        const other = { ...at, sample: at.sample + samples, position: at.position + positions, draw: draws };
        counts[4 * draw(probabilities, at) + draw(probabilities, other)] += 1;
      }
      return chiSquareTest(counts, pairs);
    };
    /** The wrong twin keys the noise by the sum of sample and position. */
    const summed: Draw = (p, { seed, sample, position }) =>
      drawToken(p, { seed, sample: 0, position: sample + position });
    for (const lag of [
      [0, 1],
      [1, 0],
      [1, -1],
      [0, 0, 1],
      [0, 1, 2],
    ] as const) {
      expect(test(drawToken, lag), `lag ${lag.join()}`).toBeGreaterThan(1e-3);
    }
    expect(test(summed, [1, -1])).toBeLessThan(1e-12);
    expect(test((p, at) => drawToken(p, { ...at, draw: 0 }), [0, 0, 1])).toBeLessThan(1e-12);
  });
});

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
