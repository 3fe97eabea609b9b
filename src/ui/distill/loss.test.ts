import { describe, expect, it } from 'vitest';
import { lossFigure, readingAt, smoothed } from './loss.ts';
import { madeFloor, madeState, madeUpdate } from './testing.ts';

describe('smoothed', () => {
  it('is the loss itself where that is constant, from the first update on, and begins anew in each round', () => {
    const history = [1, 1, 1, 5].map((loss, i) => madeUpdate(i + 1, { loss, round: i < 3 ? 1 : 2 }));
    expect(smoothed(history).map((value) => Number(value.toFixed(9)))).toEqual([1, 1, 1, 5]);
  });

  it('follows a change slowly', () => {
    const values = smoothed([1, 1, 1, 2].map((loss, i) => madeUpdate(i + 1, { loss })));
    expect(values[3]).toBeGreaterThan(1);
    expect(values[3]).toBeLessThan(1.5);
  });
});

describe('lossFigure', () => {
  const floor = madeFloor();
  it('goes to the end of the round that is on; what lies ahead has no curve', () => {
    const state = madeState({ history: [madeUpdate(1), madeUpdate(2)], updates: 2 });
    const figure = lossFigure(state);
    expect([figure.last, figure.done, figure.x(2)]).toEqual([4, 2, 0.5]);
    expect(figure.raw).toEqual([
      {
        round: 1,
        points: [
          { update: 1, value: 0.5 },
          { update: 2, value: 0.5 },
        ],
      },
    ]);
    expect(figure.boundaries).toEqual([]);
  });

  it('breaks curves where a round ends, and has each floor over its own round', () => {
    const history = Array.from({ length: 5 }, (_, i) => madeUpdate(i + 1, { round: i < 4 ? 1 : 2 }));
    const base = madeState({ history, updates: 5, round: 2 });
    const state = {
      ...base,
      rounds: base.rounds.map((round) => (round.round === 1 ? { ...round, floor } : round)),
    };
    const figure = lossFigure(state);
    expect(figure.raw.map(({ points }) => points.length)).toEqual([4, 1]);
    expect(figure.floors).toEqual([{ round: 1, from: 0, to: 4, value: 0.15, low: 0.1, high: 0.2 }]);
    expect(figure.boundaries).toEqual([4]);
    // The floor is on the axis too.
    expect(figure.losses.place(0.1)).toBeGreaterThanOrEqual(0);
  });

  it('thins long curves without losing their mean', () => {
    const history = Array.from({ length: 5000 }, (_, i) => madeUpdate(i + 1, { loss: i % 2 }));
    const base = madeState({ history, updates: 5000 });
    const { raw } = lossFigure({ ...base, options: { ...base.options, updatesPerRound: 5000 } });
    expect(raw[0].points.length).toBeLessThanOrEqual(400);
    const mean = raw[0].points.reduce((sum, { value }) => sum + value, 0) / raw[0].points.length;
    expect(mean).toBeCloseTo(0.5, 2);
  });

  it('leaves out what its axes have no place for', () => {
    const norms = [0, 0.5, Infinity, NaN, 0.25];
    const history = norms.map((gradientNorm, i) =>
      madeUpdate(i + 1, { gradientNorm, loss: i === 2 ? NaN : i === 3 ? Infinity : 0 }),
    );
    const figure = lossFigure(madeState({ history, updates: 5 }));
    expect(figure.gradient[0].points.map(({ update }) => update)).toEqual([2, 5]);
    expect(figure.raw[0].points.map(({ update }) => update)).toEqual([1, 2, 5]);
    expect(figure.smooth[0].points.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
    const places = [
      ...figure.gradient[0].points.map(({ value }) => figure.norms.place(value)),
      ...figure.raw[0].points.map(({ value }) => figure.losses.place(value)),
    ];
    expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
    const zeros = [1, 2].map((update) => madeUpdate(update, { gradientNorm: 0 }));
    expect(lossFigure(madeState({ history: zeros, updates: 2 })).gradient).toEqual([]);
  });

  it('counts updates in whole numbers', () => {
    const ticks = (updatesPerRound: number): number[] => {
      const base = madeState();
      return lossFigure({ ...base, options: { ...base.options, updatesPerRound } }).xTicks;
    };
    expect([1, 2, 3].map(ticks)).toEqual([
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
    ]);
  });

  it('can be drawn of nothing', () => {
    expect(lossFigure(madeState())).toMatchObject({ done: 0, last: 4, raw: [] });
  });
});

it('readingAt says what is nearest', () => {
  const validation = [{ update: 2, round: 1, loss: 0.45 }];
  const state = madeState({ history: [madeUpdate(1), madeUpdate(2, { loss: 0.4 })], updates: 2, validation });
  expect(readingAt(state, 4)).toBe(
    'Update 2, round 1: loss 0.40, smoothed 0.45, on held-out texts 0.45, gradient norm 1.00',
  );
  expect(readingAt(state, 1)).not.toContain('held-out');
  expect(readingAt(madeState(), 1)).toBe('Nothing has been learned yet.');
});
