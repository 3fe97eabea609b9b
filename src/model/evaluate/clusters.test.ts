import { describe, expect, it } from 'vitest';
import { normals } from '../../gpu/checks/numbers.ts';
import { Breath } from '../breath.ts';
import { commonSpace, histograms } from './clusters.ts';
import { mauveOf } from './mauve.ts';

const breath = () => new Breath('Stopped.');

/** Texts of which each belongs to one of several kinds, [texts, d]. */
function texts(seed: number, kinds: readonly number[], d = 12, noise = 0.1): Float32Array {
  const values = normals(seed, kinds.length * d, noise);
  kinds.forEach((kind, i) => (values[i * d + kind] += 1));
  return values;
}

const kindsOf = (...counts: number[]): number[] =>
  counts.flatMap((count, kind) => Array<number>(count).fill(kind));

/** The same texts from the last to the first. */
function reversed(features: Float32Array, d = 12): Float32Array {
  const count = features.length / d;
  return features.map((_, i) => features[(count - 1 - Math.floor(i / d)) * d + (i % d)]);
}

async function compare(p: Float32Array, q: Float32Array, clusters: number, seed = 1, d = 12) {
  const { p: ofP, q: ofQ } = await histograms(commonSpace(p, q, d), clusters, seed, breath());
  return { p: ofP, q: ofQ, mauve: mauveOf(ofP, ofQ) };
}

describe('the common space of two sets', () => {
  it('does not know how long rows are', () => {
    const [p, q] = [texts(1, kindsOf(10, 10)), texts(2, kindsOf(10, 10))];
    const { points } = commonSpace(p, q, 12);
    const longer = commonSpace(
      p.map((value) => 4 * value),
      q,
      12,
    );
    expect(longer.points).toEqual(points);
  });

  it.each([
    ['more texts than dimensions', 40],
    ['fewer', 4],
  ])('keeps the components that 90 %% of the variance takes, of %s', (_, count) => {
    // Rows of length 1 in three coordinates, with variances as 16 : 3 : 1: two take 95 % of it, one 80 %.
    const d = 30;
    const rows = (sign: number) =>
      Float32Array.from({ length: count * d }, (_, i) => {
        const [row, k] = [Math.floor(i / d), i % d];
        if (k === 0) return sign * Math.sqrt(0.8);
        if (k === 1) return (row % 2 === 0 ? 1 : -1) * Math.sqrt(0.15);
        return k === 2 ? (row % 4 < 2 ? 1 : -1) * Math.sqrt(0.05) : 0;
      });
    const { points, kept, sides } = commonSpace(rows(1), rows(-1), d);
    expect(kept).toBe(2);
    expect(points.every((point) => point.length === kept)).toBe(true);
    const first = points.map(([x]) => Math.abs(x));
    for (const x of first) expect(x).toBeCloseTo(Math.sqrt(0.8), 5);
    // It tells the sides apart.
    expect(new Set(points.map(([x], i) => Math.sign(x) * (sides[i] === 'p' ? 1 : -1))).size).toBe(1);
  });

  it('of texts that are all the same is a point', async () => {
    const same = texts(3, [0], 12);
    const both = Float32Array.from([...same, ...same]);
    expect(commonSpace(both, same, 12)).toMatchObject({ kept: 0, distinct: 1 });
    expect((await compare(both, same, 4)).mauve).toBeCloseTo(1, 5);
    // Zeros have no direction.
    expect((await compare(new Float32Array(24), new Float32Array(12), 4)).mauve).toBeCloseTo(1, 5);
  });
});

describe('the histograms of two sets', () => {
  it('count the kinds of texts on either side', async () => {
    const { p, q } = await compare(texts(4, kindsOf(5, 10, 25)), texts(5, kindsOf(20, 0, 20)), 3);
    const pairs = [...p].map((share, k) => [share, q[k]]);
    expect(pairs.sort(([a], [b]) => a - b)).toEqual([
      [0.125, 0.5],
      [0.25, 0],
      [0.625, 0.5],
    ]);
  });

  it('are those of one kind for each text where there are no more different ones', async () => {
    const few = texts(6, [0, 1, 2]);
    const { p, q } = await compare(few, few, 9);
    expect([p.length, ...p]).toEqual([3, 1 / 3, 1 / 3, 1 / 3]);
    expect(q).toEqual(p);
  });

  it('give near 1 for sets of the same kinds, near 0 for sets of others', async () => {
    const p = texts(7, kindsOf(16, 16, 16, 16));
    expect((await compare(p, p, 6)).mauve).toBeCloseTo(1, 5);
    expect((await compare(p, texts(8, kindsOf(16, 16, 16, 16)), 4)).mauve).toBeCloseTo(1, 5);
    const others = texts(9, kindsOf(0, 0, 0, 0, 16, 16, 16, 16));
    expect((await compare(p, others, 8)).mauve).toBeLessThan(0.01);
    // Half of the kinds: in between.
    const half = (await compare(p, texts(10, kindsOf(32, 32)), 4)).mauve;
    expect(half).toBeGreaterThan(0.2);
    expect(half).toBeLessThan(0.9);
  });

  it('do not depend on the order of texts, nor on which side is which, nor on the time of day', async () => {
    const [p, q] = [texts(11, kindsOf(12, 20), 12, 0.5), texts(12, kindsOf(20, 8, 4), 12, 0.5)];
    const one = await compare(p, q, 6);
    expect(await compare(p, q, 6)).toEqual(one);
    expect(await compare(reversed(p), reversed(q), 6)).toEqual(one);
    const turned = await compare(q, p, 6);
    expect([turned.p, turned.q]).toEqual([one.q, one.p]);
    expect(turned.mauve).toBeCloseTo(one.mauve, 12);
    // Another seed, other starts: noise so wide has no clusters of its own.
    const seeds = await Promise.all([2, 3, 4, 5].map((seed) => compare(p, q, 12, seed)));
    expect(new Set(seeds.map(({ mauve }) => mauve)).size).toBeGreaterThan(1);
  });

  it('can be stopped', async () => {
    const p = texts(13, kindsOf(20, 20));
    const stopped = histograms(commonSpace(p, p, 12), 4, 1, new Breath('Stopped.', AbortSignal.abort()));
    await expect(stopped).rejects.toMatchObject({ code: 'aborted', message: 'Stopped.' });
  });
});
