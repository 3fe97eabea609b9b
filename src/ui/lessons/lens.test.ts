import { expect, it, vi } from 'vitest';
import { isTiny, lensFigure, tableOf } from './lens.ts';
import { lensSentences } from './PrecisionLens.tsx';

// There is no worker here, and nothing is asked.
vi.mock('../engine.ts', () => ({ engine: {} }));

const curve = Array.from({ length: 1200 }, (_, i) => {
  const exact = 2 ** -(i / 40);
  return { rank: i + 1, exact, naive: i < 1000 ? exact : 0, safe: exact };
});
const result = {
  ...{ position: 3, stay: { exact: 0.875, naive: 0.8751 }, curve },
  entropy: { exact: 3.2104, naive: 3.2041, safe: 3.2104 },
  distance: { naive: 0.054, safe: 1e-7 },
  never: { tokens: 0.135, probability: 1.5e-4 },
};

it('draws each curve as far as there are tokens that can be drawn', () => {
  const { ranks, chances, curves } = lensFigure(result);
  expect(curves.exact).toHaveLength(1200);
  expect(curves.naive).toHaveLength(1000);
  expect(curves.exact[0]).toEqual([ranks.place(1), chances.place(1)]);
  const places = curves.safe.flat();
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...places)).toBeLessThanOrEqual(1);
});

it('has a few ranks in its table, the last one too', () => {
  expect(tableOf(result).map(({ rank }) => rank)).toEqual([1, 10, 100, 1000, 1200]);
});

it('says what is lost, and where that is next to nothing', () => {
  expect(lensSentences(result, 1024)).toEqual([
    'In a run of 1,024 steps, noise of 32-bit floats can never draw 14 % of the tokens here. Together they have 0.01 % of the chance.',
    'With it, 5.4 % of the draws come out otherwise.',
    'The law has an entropy of 3.210 nats; with that noise it is 3.204, with the noise of this page 3.210.',
    'That the slot stays masked in this step has chance 0.8750; that noise makes it 0.8751.',
  ]);
  const tiny = { ...result, distance: { naive: 0.0005, safe: 0 }, never: { tokens: 0, probability: 0 } };
  expect(isTiny(tiny)).toBe(true);
  const [first, second] = lensSentences(tiny, 1);
  expect(first).toMatch(/^In one step, .* still draw every token here\.$/);
  expect(second).toMatch(/^The difference is tiny: one draw in 2,000 /);
});
