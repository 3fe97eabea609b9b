import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normals } from '../../gpu/checks/numbers.ts';
import { distillLoss } from '../../gpu/kernels/loss/loss.reference.ts';
import { targetOf } from '../../gpu/kernels/target/target.reference.ts';
import { targetFloor } from './floor.ts';

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
