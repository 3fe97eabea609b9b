import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integers, normals } from '../../gpu/checks/numbers.ts';
import { distillLoss } from '../../gpu/kernels/loss/loss.reference.ts';
import { targetOf } from '../../gpu/kernels/target/target.reference.ts';
import { targetCeiling, targetFloor } from './floor.reference.ts';
import { boundsOf, leftOutDivergence } from './floor.ts';

const draws = (seed: number, count: number, vocabulary: number, scale = 2): Float32Array[] =>
  Array.from({ length: count }, (_, k) =>
    Float32Array.from(targetOf(normals(10 * seed + k, vocabulary, scale))),
  );

describe('targetFloor', () => {
  it('is 0 for one draw, and for draws that are all the same', () => {
    const [draw] = draws(1, 1, 9);
    expect(targetFloor([draw])).toBeCloseTo(0, 6);
    expect(targetFloor([draw, draw, draw])).toBeCloseTo(0, 6);
  });

  it('is known for laws of two tokens', () => {
    const law = (p: number) => Float64Array.of(Math.log(p), Math.log(1 - p), 3);
    // The geometric mean of (p, 1 - p) and (1 - p, p) is sqrt(p (1 - p)) for each.
    const expected = (p: number) => -Math.log(2 * Math.sqrt(p * (1 - p)));
    for (const p of [0.5, 0.9, 1 - 1e-9]) {
      expect(targetFloor([law(p), law(1 - p)])).toBeCloseTo(expected(p), 7);
    }
  });

  it('grows without bound as laws part, and is infinite where they have no token in common', () => {
    const certain = (token: number, rest: number) =>
      Float64Array.from({ length: 4 }, (_, v) => (v === token ? 0 : rest));
    expect(targetFloor([certain(0, -1e4), certain(1, -1e4)])).toBeCloseTo(5000 - Math.log(2), 9);
    expect(targetFloor([certain(0, -Infinity), certain(1, -Infinity)])).toBe(Infinity);
  });

  it('is reached by the geometric mean, and by no other law', () => {
    const targets = draws(2, 4, 12);
    const mean = (logits: ArrayLike<number>) =>
      targets.reduce((sum, target) => sum + distillLoss('kl-bwd', logits, target).loss, 0) / targets.length;
    const geometric = Float64Array.from({ length: 12 }, (_, v) =>
      targets.reduce((sum, target) => sum + target[v] / 4, 0),
    );
    const floor = targetFloor(targets);
    expect(mean(geometric)).toBeCloseTo(floor, 12);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const other = geometric.map((logit, v) => logit + normals(seed, 12, 0.3)[v]);
        expect(mean(other)).toBeGreaterThan(floor);
      }),
      { numRuns: 50 },
    );
  });

  it('is never negative', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 5 }), (seed, count) => {
        expect(targetFloor(draws(seed, count, 30, 0.01))).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });

  it('asks for draws', () => {
    expect(() => targetFloor([])).toThrow('draws');
  });
});

describe('targetCeiling', () => {
  it('is known for laws of two tokens', () => {
    const law = (p: number) => Float64Array.of(Math.log(p), Math.log(1 - p), 3);
    // With two draws the others are the one other: the mean of both divergences between them.
    const p = 0.9;
    const divergence = p * Math.log(p / (1 - p)) + (1 - p) * Math.log((1 - p) / p);
    expect(targetCeiling([law(p), law(1 - p)])).toBeCloseTo(divergence, 12);
    expect(targetCeiling([law(p), law(p), law(p)])).toBeCloseTo(0, 12);
  });

  it('is never below the floor', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, count) => {
        const drawn = draws(seed, count, 12);
        expect(targetCeiling(drawn)).toBeGreaterThan(targetFloor(drawn));
      }),
      { numRuns: 50 },
    );
  });

  it('asks for two draws', () => {
    expect(() => targetCeiling(draws(1, 1, 4))).toThrow('two draws');
  });
});

it.each([2, 3, 16])('leftOutDivergence goes by the mean of all %d draws, and comes to the same', (count) => {
  const drawn = draws(3, count, 30, 4);
  const mean = drawn[0].map((_, v) => drawn.reduce((sum, draw) => sum + draw[v] / count, 0));
  const found = drawn.reduce((sum, draw) => sum + leftOutDivergence(mean, draw, count) / count, 0);
  expect(Math.abs(found / targetCeiling(drawn) - 1)).toBeLessThan(2e-6);
});

it('the mean of the bounds is nearer to the floor of all draws than either bound', () => {
  // Targets are one of five laws, all equally likely, so that the floor of all draws there can be is known.
  const laws = draws(4, 5, 20);
  const truth = targetFloor(laws);
  const [count, trials] = [6, 400];
  const chosen = integers(5, count * trials, laws.length);
  let [floor, upper] = [0, 0];
  for (let trial = 0; trial < trials; trial++) {
    const drawn = [...chosen.subarray(count * trial, count * (trial + 1))].map((one) => laws[one]);
    floor += targetFloor(drawn) / trials;
    upper += targetCeiling(drawn) / trials;
  }
  const { estimate } = boundsOf(floor, upper);
  expect(floor).toBeLessThan(0.9 * truth);
  expect(upper).toBeGreaterThan(1.1 * truth);
  expect(Math.abs(estimate - truth)).toBeLessThan(0.3 * Math.min(truth - floor, upper - truth));
});
