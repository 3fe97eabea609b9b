import { describe, expect, it } from 'vitest';
import { initialDistillState, withOpened } from '../stores/distill.ts';
import {
  ago,
  clock,
  doneText,
  explanation,
  followedTitle,
  headline,
  lossText,
  paceOf,
  savedText,
  steps,
} from './sentence.ts';
import { madeState, madeUpdate } from './testing.ts';

const of = (state = madeState()) => headline({ ...initialDistillState, ...withOpened(state) }, 'Opening.');

describe('headline', () => {
  it('says what is learned in this round', () => {
    expect(of()).toBe('Round 1: learning to do in 4 steps what the teacher does in 8.');
    const base = madeState({ round: 3 }, 3);
    expect(of(base)).toBe('Round 3: learning to do in one step what the teacher does in 2.');
  });

  it('says what was reached, and what is prepared', () => {
    expect(of(madeState({ round: 2, finished: true }))).toBe(
      'Done: the student was made to write in 2 steps what the teacher writes in 8.',
    );
    const opening = { ...initialDistillState, status: 'opening' as const };
    expect(headline(opening, 'Opening.')).toBe('Opening.');
    expect(headline({ ...opening, writing: { done: 12, total: 256 } }, '')).toBe(
      'The teacher writes texts: 12 of 256.',
    );
  });
});

it('explanation names the teacher of later rounds', () => {
  expect(explanation(2, 1)).toMatch(/^The teacher takes two small steps\./);
  expect(explanation(4, 3)).toMatch(/^The teacher, once the student of round 2, takes four small steps\./);
});

describe('paceOf', () => {
  it('is of the last updates, for what is left of the round', () => {
    const history = [
      madeUpdate(1, { milliseconds: 9000 }),
      ...Array.from({ length: 20 }, (_, i) => madeUpdate(i + 2)),
    ];
    const base = madeState({ history, updates: 21 });
    const options = { ...base.options, updatesPerRound: 31 };
    const rounds = base.rounds.map((round) => (round.round === 1 ? { ...round, updates: 21 } : round));
    expect(paceOf({ ...base, options, rounds })).toEqual({
      updatesPerSecond: 10,
      tokensPerSecond: 100,
      left: 1,
    });
  });

  it('does not count the time that updates were held', () => {
    const history = [madeUpdate(1), madeUpdate(2, { milliseconds: 60_000 }), madeUpdate(3)];
    const state = madeState({ history, updates: 3 });
    expect(paceOf(state, [2])?.updatesPerSecond).toBeCloseTo(10);
    expect(paceOf(state, [1, 2, 3])).toBeUndefined();
  });

  it('is not known before the first', () => {
    expect(paceOf(madeState())).toBeUndefined();
  });
});

it('followedTitle says which update the phases are of', () => {
  const followed = { update: 3, teacher: [] };
  expect(followedTitle({ state: madeState({ updates: 2 }), followed })).toBe('Phases of update 3 of 8');
  expect(followedTitle({ state: madeState({ updates: 3 }), followed })).toBe('Phases of update 3 of 8');
  expect(followedTitle({ state: madeState({ updates: 4 }), followed })).toBe(
    'Phases of update 3 of 8, an earlier one',
  );
  expect(followedTitle({ state: madeState(), followed: undefined })).toBe('Phases of an update');
});

it('doneText counts in the round and in all', () => {
  const base = madeState({ round: 2, updates: 7 });
  const rounds = base.rounds.map((one, i) => ({ ...one, updates: [4, 3][i] }));
  expect(doneText({ ...base, rounds })).toBe('3 of 4 updates of this round, 7 in all.');
});

it('numbers are written as people write them', () => {
  expect([steps(16), steps(32 / 3)]).toEqual(['16', '10.7']);
  expect([clock(40.2), clock(3600), clock(0)]).toEqual(['0:41', '1:00:00', '0:00']);
  expect([ago(2), ago(12), ago(600), ago(7200), ago(3 * 86_400)]).toEqual([
    ...['just now', '12 s ago', '10 min ago', '2 h ago', '3 days ago'],
  ]);
  expect([lossText(0.41), lossText(0.0123), lossText(12.345), lossText(1234)]).toEqual([
    '0.41',
    '0.012',
    '12.35',
    '1,234',
  ]);
});

it('savedText says why a run is not saved', () => {
  expect(savedText(madeState({ savedAt: 1000 }), 13_000)).toBe('saved 12 s ago');
  expect(savedText(madeState({ unsaved: 'The disk is full.' }), 0)).toBe('not saved: The disk is full');
});
