import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  carried,
  momentAfter,
  momentBefore,
  positionAfter,
  raceClock,
  RACE_RULES,
  standing,
  type RaceClock,
} from './race.ts';

const student = { passes: 4, milliseconds: 4 };
const teacher = { passes: 20, milliseconds: 16 };

const shown = (clock: RaceClock, position: number): (number | undefined)[] =>
  clock.lanes.map((_, i) => standing(clock, i, position)?.shown);

describe('raceClock', () => {
  it('by time gives each pass an equal share of its lane, and slows all lanes by one factor', () => {
    const clock = raceClock([student, teacher], 'time');
    expect(clock).toMatchObject({ ends: [4, 16], end: 16, slowed: 500, duration: 8000 });
    expect(shown(clock, 0)).toEqual([0, 0]);
    expect(shown(clock, 1)).toEqual([1, 1]);
    expect(shown(clock, 3.99)).toEqual([3, 4]);
    expect(shown(clock, 4)).toEqual([4, 5]);
    expect(shown(clock, 16)).toEqual([4, 20]);
    expect(clock.moments.slice(0, 4)).toEqual([0, 0.8, 1, 1.6]);
  });

  it('by time says its factor in two digits, exactly, and never plays faster than it was', () => {
    const odd = raceClock([{ passes: 2, milliseconds: 23 }], 'time');
    expect([odd.slowed, odd.duration]).toEqual([350, 8050]);
    const slow = raceClock([{ passes: 2, milliseconds: 20_000 }], 'time');
    expect([slow.slowed, slow.duration]).toEqual([1, 20_000]);
    // A clock that does not tick in between.
    expect(standing(raceClock([{ passes: 2, milliseconds: 0 }], 'time'), 0, 0)?.shown).toBe(0);
  });

  it('by passes shows one of every lane per tick', () => {
    const clock = raceClock([student, teacher], 'pass');
    expect(clock).toMatchObject({ end: 20, slowed: undefined, duration: 8000 });
    expect(shown(clock, 3)).toEqual([3, 3]);
    expect(shown(clock, 9.5)).toEqual([4, 9]);
    expect(clock.moments).toHaveLength(21);
    expect(raceClock([student], 'pass').duration, 'few passes need no eight seconds').toBe(2800);
  });

  it('by fraction ends all lanes at once', () => {
    const clock = raceClock([student, teacher], 'fraction');
    expect(shown(clock, 0.5)).toEqual([2, 10]);
    expect(shown(clock, 0.99)).toEqual([3, 19]);
    expect(shown(clock, 1)).toEqual([4, 20]);
    // A quarter of four and a quarter of twenty are one moment.
    expect(clock.moments).toHaveLength(21);
  });

  it('leaves out lanes that have not been run', () => {
    const clock = raceClock([undefined, student], 'time');
    expect([clock.end, standing(clock, 0, 2)]).toEqual([4, undefined]);
    expect(raceClock([], 'pass')).toMatchObject({ end: 0, moments: [0] });
  });
});

describe('standing', () => {
  it('is fresh until the next pass would come, and at rest at the end', () => {
    const clock = raceClock([student, teacher], 'time');
    const of = (position: number) => standing(clock, 0, position)!;
    expect(of(0)).toEqual({ shown: 0, passes: 4, fresh: false, done: false });
    expect(of(3.5)).toMatchObject({ shown: 3, fresh: true, done: false });
    expect(of(4.9)).toMatchObject({ shown: 4, fresh: true, done: true });
    expect(of(5)).toMatchObject({ shown: 4, fresh: false, done: true });
    expect(standing(clock, 1, 16)).toMatchObject({ fresh: false, done: true });
  });
});

describe('moments', () => {
  it('are reached one by one in either direction', () => {
    const clock = raceClock([student, teacher], 'time');
    expect(momentAfter(clock, 0.8)).toBe(1);
    expect(momentAfter(clock, 0.9)).toBe(1);
    expect(momentBefore(clock, 1)).toBe(0.8);
    expect(momentBefore(clock, 0)).toBe(0);
    expect(momentAfter(clock, 16)).toBe(16);
  });

  it('each bring something, and leave nothing out', () => {
    const lane = fc.record({
      passes: fc.integer({ min: 1, max: 128 }),
      milliseconds: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(lane, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...RACE_RULES),
        (lanes, rule) => {
          const clock = raceClock(lanes, rule);
          let before = shown(clock, 0);
          expect(before.every((count) => count === 0)).toBe(true);
          for (const moment of clock.moments.slice(1)) {
            const now = shown(clock, moment);
            const came = now.map((count, i) => count! - before[i]!);
            expect(came.every((count) => count === 0 || count === 1)).toBe(true);
            expect(came.includes(1)).toBe(true);
            before = now;
          }
          expect(before).toEqual(lanes.map(({ passes }) => passes));
          expect(clock.moments.at(-1)).toBe(clock.end);
        },
      ),
    );
  });
});

it('positionAfter takes the duration for the whole race, and stops at its end', () => {
  const clock = raceClock([student, teacher], 'time');
  expect(positionAfter(clock, 0, 4000)).toBe(8);
  expect(positionAfter(clock, 12, 4000)).toBe(16);
  expect(positionAfter(raceClock([], 'time'), 0, 10)).toBe(0);
});

it('carried keeps the share of the race, and its end', () => {
  const [time, pass] = [raceClock([student, teacher], 'time'), raceClock([student, teacher], 'pass')];
  expect(carried(time, pass, 8)).toBe(10);
  expect(carried(time, pass, 16)).toBe(20);
  expect(carried(raceClock([], 'time'), pass, 0)).toBe(20);
});
