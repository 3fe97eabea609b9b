import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apart,
  bandsOf,
  COLOURS,
  figureLayout,
  LABEL_HEIGHT,
  nearest,
  rowsOf,
  shortNames,
  shownOf,
  stylesOf,
} from './figure.ts';
import { madeEvaluation, madeModel, madePoint, student, teacher, within } from './testing.ts';

const HEIGHT = 300;

describe('figureLayout', () => {
  const layout = figureLayout(madeEvaluation(), 'steps', { height: HEIGHT });
  const [perplexity, entropy] = layout.panels;

  it('has a curve for each model with steps, and a line for a causal one where it may be compared', () => {
    expect(perplexity.curves.map(({ model, marks }) => [model.id, marks.length])).toEqual([
      ['teacher', 3],
      ['student', 3],
    ]);
    // It judged itself.
    expect(perplexity.baselines).toEqual([]);
    expect(entropy.baselines.map(({ model }) => model.id)).toEqual(['causal']);
  });

  it('places what is larger above, intervals around their means, all within the panel', () => {
    for (const { curves } of layout.panels)
      for (const { y, low, high } of curves.flatMap(({ marks }) => marks)) {
        expect(high).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThan(y);
        expect(low).toBeGreaterThan(y);
        expect(low).toBeLessThanOrEqual(HEIGHT);
      }
    const [one, two, four] = perplexity.curves[0].marks;
    expect(one.y).toBeLessThan(two.y);
    // Both axes are logarithmic: half of it in twice the steps is a straight line.
    expect(two.y - one.y).toBeCloseTo(four.y - two.y, 6);
    expect([one.x, two.x, four.x]).toEqual([0, 0.5, 1]);
  });

  it('marks the steps that a model was made for, and points that lack texts', () => {
    const some = madeEvaluation({ points: [madePoint('student', 2, { texts: 3 }), madePoint('student', 4)] });
    const [{ marks }] = figureLayout(some, 'steps', { height: HEIGHT }).panels[0].curves.slice(1);
    expect(marks.map(({ native, whole }) => [native, whole])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('does not draw across what is not known, and says where that is', () => {
    const some = madeEvaluation({ points: [madePoint('teacher', 1), madePoint('teacher', 4)] });
    const broken = figureLayout(some, 'steps', { height: HEIGHT });
    expect(broken.panels[0].curves[0].segments).toEqual([]);
    // The student has no point at all, so every step lacks one.
    expect(broken.unknown).toEqual([0, 0.5, 1]);
    expect(layout.unknown).toEqual([]);
    expect(bandsOf(perplexity.curves[0])).toHaveLength(2);
  });

  it('by forward passes, has each point where its passes are', () => {
    const { xTicks, panels, xTitle } = figureLayout(madeEvaluation(), 'passes', { height: HEIGHT });
    expect(xTitle).toMatch(/^forward passes/);
    expect(xTicks.map(({ text }) => text)).toEqual(['1', '2', '4']);
    expect(panels[0].curves[0].marks.map(({ x }) => x)).toEqual(
      [1, 1.5, 3.5].map((passes) => Math.log2(passes) / 2),
    );
  });

  it('says why there is nothing in it', () => {
    const empty = (points: ReturnType<typeof madePoint>[]) =>
      figureLayout(madeEvaluation({ points }), 'steps', { height: HEIGHT }).panels.map(
        (panel) => panel.empty,
      );
    expect(empty([])).toEqual(['Nothing is known yet.', 'Nothing is known yet.']);
    const { perplexity: _, ...unjudged } = madePoint('teacher', 1);
    expect(empty([unjudged])).toEqual(['Nobody judged these texts.', undefined]);
    expect(empty([{ ...unjudged, texts: 2 }])).toEqual(['Not judged yet.', undefined]);
    expect(empty([madePoint('causal', 0, { selfScored: true })])[0]).toMatch(/judge itself/);
  });
});

it('a perplexity that is no number is not shown', () => {
  expect(shownOf('perplexity', madePoint('a', 1, { perplexity: { mean: Infinity } }))).toBeUndefined();
  expect(shownOf('entropy', madePoint('a', 1, { selfScored: true }))?.mean).toBe(3);
});

it('no two models look alike, up to 32 of them', () => {
  const models = Array.from({ length: 32 }, (_, i) =>
    madeModel({ id: `m${i}`, kind: i < 2 ? 'teacher' : 'student' }),
  );
  const looks = [...stylesOf(models).values()].map((style) => JSON.stringify(style));
  expect(new Set(looks).size).toBe(32);
});

it('curves can be seen on their cards: 3:1 at least', () => {
  const luminance = (colour: string): number => {
    const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
    const linear = parts.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].toSorted((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };
  for (const { light, dark } of COLOURS) {
    expect(contrast(light, '#ffffff')).toBeGreaterThan(4.5);
    expect(contrast(dark, '#1b1d21')).toBeGreaterThan(4.5);
  }
});

it('labels do not lie on each other, and stay in the panel where there is room', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: HEIGHT, noNaN: true }), { maxLength: 20 }), (ys) => {
      const placed = apart(
        ys.map((y) => ({ y })),
        HEIGHT,
      );
      placed.slice(1).forEach(({ y }, i) => {
        expect(y - placed[i].y).toBeGreaterThan(LABEL_HEIGHT - 1e-6);
      });
      for (const { y } of placed) expect(y).toBeLessThanOrEqual(HEIGHT);
      if (ys.length === 1) expect(placed[0].y).toBe(ys[0]);
    }),
  );
});

it('names beside curves lose what they have in common', () => {
  const named = (kind: 'teacher' | 'student', ...titles: string[]) =>
    titles.map((title) => ({ kind, title }));
  const rounds = [1, 2].map((round) => `Small students, kld, round ${round}`);
  expect(shortNames([...named('teacher', 'Teacher'), ...named('student', ...rounds)])).toEqual([
    ...['Teacher', 'round 1', 'round 2'],
  ]);
  const sizes = ['Small', 'Medium'].map((size) => `${size} students of the study of sizes, round 7`);
  expect(shortNames(named('student', ...sizes))).toEqual(['Small', 'Medium']);
  expect(shortNames(named('student', 'a name of no end that is long'))).toEqual(['a name of no end…']);
});

it('finds the mark that a pointer is at, or the line, or nothing', () => {
  const [perplexity, entropy] = figureLayout(madeEvaluation(), 'steps', { height: HEIGHT }).panels;
  const mark = perplexity.curves[1].marks[1];
  expect(nearest(perplexity, { x: mark.x + 0.01, y: mark.y + 5 }, 400)).toBe(mark.point);
  expect(nearest(perplexity, { x: 0.75, y: HEIGHT }, 4000)).toBeUndefined();
  const line = entropy.baselines[0];
  expect(nearest(entropy, { x: 0.75, y: line.y }, 4000)?.model).toBe('causal');
});

it('the keyboard goes through curves, and to lines', () => {
  const [perplexity, entropy] = figureLayout(madeEvaluation(), 'steps', { height: HEIGHT }).panels;
  expect(rowsOf(perplexity).map((marks) => marks.length)).toEqual([3, 3]);
  const [line] = rowsOf(entropy)[2];
  expect(line).toMatchObject({ point: { model: 'causal' }, y: entropy.baselines[0].y });
});

it('a curve with one point has no band', () => {
  const one = madeEvaluation({
    models: [teacher, student],
    points: [madePoint('teacher', 1, { perplexity: within(9) })],
  });
  expect(bandsOf(figureLayout(one, 'steps', { height: HEIGHT }).panels[0].curves[0])).toEqual([]);
});
