import { expect, it } from 'vitest';
import { chanceMasked, maskedAt, uniforms } from './masking.ts';

const COUNT = 20_000;
const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;

/** Standard deviations by which a share of `COUNT` draws is off. */
const off = (seen: number, chance: number): number =>
  Math.abs(seen - chance) / Math.sqrt((chance * (1 - chance)) / COUNT);

it('masks each token with chance 0.999 t, and nothing at the start', () => {
  for (const t of [0.1, 0.3, 0.5, 0.9]) {
    for (const draw of [0, 1, 7]) {
      const seen = share(maskedAt(t, draw, COUNT));
      expect(off(seen, chanceMasked(t))).toBeLessThan(4);
      // The wrong twin: another chance.
      expect(off(seen, 0.8 * t)).toBeGreaterThan(4);
    }
  }
  expect(share(maskedAt(0, 3, COUNT))).toBe(0);
  expect(share(maskedAt(1, 3, COUNT))).toBeLessThan(1);
});

it('masks neighbours, and draws, independently', () => {
  const [one, two] = [maskedAt(0.5, 0, COUNT), maskedAt(0.5, 1, COUNT)];
  const both = chanceMasked(0.5) ** 2;
  expect(off(share(one.map((masked, i) => masked && one[(i + 1) % COUNT])), both)).toBeLessThan(4);
  expect(off(share(one.map((masked, i) => masked && two[i])), both)).toBeLessThan(4);
});

it('only adds masks as t grows', () => {
  const [low, high] = [maskedAt(0.3, 2, 200), maskedAt(0.7, 2, 200)];
  expect(low.every((masked, i) => !masked || high[i])).toBe(true);
  expect(high.filter(Boolean).length).toBeGreaterThan(low.filter(Boolean).length);
  expect(uniforms(2, 200).every((u) => u > 0 && u < 1)).toBe(true);
});
