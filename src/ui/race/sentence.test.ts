import { describe, expect, it } from 'vitest';
import { raceClock, standing, type RaceRule } from '../../trace/race.ts';
import { progressSentence, progressShare, ruleSentence, standings } from './sentence.ts';

const NAMES = ['the student', 'the teacher', 'the autoregressive model'];
const LANES = [
  { passes: 4, milliseconds: 4 },
  { passes: 20, milliseconds: 16 },
  { passes: 32, milliseconds: 24 },
];

function said(position: number, rule: RaceRule = 'time', lanes = LANES, names = NAMES): string {
  const clock = raceClock(lanes, rule);
  const runners = lanes.map((_, i) => ({ name: names[i], ...standing(clock, i, position)! }));
  return standings(runners, clock);
}

describe('standings', () => {
  it('say who is done and where the others are', () => {
    expect(said(0)).toBe('Three lanes, nothing written yet.');
    expect(said(3)).toBe(
      'The student is at pass 3 of 4, the teacher at pass 3 of 20 and the autoregressive model at pass 4 of 32.',
    );
    expect(said(8)).toBe(
      'The student is done; its teacher is at pass 10 of 20 and the autoregressive model at pass 10 of 32.',
    );
    expect(said(18)).toBe(
      'The student and the teacher are done; the autoregressive model is at pass 24 of 32.',
    );
    expect(said(8, 'time', LANES.slice(0, 2))).toBe('The student is done; its teacher is at pass 10 of 20.');
    // Nobody's teacher but a student's.
    const other = said(8, 'time', LANES.slice(0, 2), ['tiny', 'the teacher']);
    expect(other).toBe('Tiny is done; the teacher is at pass 10 of 20.');
  });

  it('say at the end what each took', () => {
    expect(said(24)).toBe(
      'All are done: the student took 4.00 ms, the teacher 16.0 ms and the autoregressive model 24.0 ms.',
    );
    const two = said(20, 'pass', LANES.slice(0, 2));
    expect(two).toBe('Both are done: the student took 4 forward passes and the teacher 20.');
    expect(said(1, 'fraction', [{ passes: 1, milliseconds: 1 }, LANES[0]])).toContain('took 1 forward pass ');
  });

  it('stay short for many lanes', () => {
    const steps = [1, 2, 4, 8, 16, 32, 128];
    const lanes = steps.map((passes) => ({ passes, milliseconds: passes }));
    const names = steps.map((count) => `the student at ${count}`);
    expect(said(0.5, 'fraction', lanes.slice(2), names.slice(2))).toBe(
      'None of five is done yet; the first are at pass 2 of 4.',
    );
    expect(said(0.45, 'fraction', lanes.slice(2), names.slice(2))).toBe(
      'None of five is done yet; the student at 128 leads, at pass 57 of 128.',
    );
    expect(said(5, 'pass', lanes, names)).toBe(
      'Three of seven are done; the student at 8 is next, at pass 5 of 8.',
    );
    expect(said(128, 'time', lanes, names)).toBe(
      'All seven are done: the student at 1 took 1.00 ms and the student at 128 128 ms.',
    );
  });
});

describe('progress', () => {
  it('is told in a sentence', () => {
    const at = (stage: 'load' | 'time' | 'write' | 'judge', done = 2, lane = 1) =>
      progressSentence({ lane, stage, done, total: 5 }, NAMES, 'fetch');
    expect(progressSentence(undefined, NAMES, undefined)).toBe('Getting ready for the race.');
    expect(at('load')).toBe('Fetching the teacher.');
    expect(at('time')).toBe('Timing the teacher: run 3 of 5.');
    expect(at('time', 5)).toBe('Timing the teacher: run 5 of 5.');
    expect(at('write', 0, 0)).toBe('The student writes more texts: 0 of 5.');
    expect(at('judge', 1)).toBe('Judging what the teacher wrote: 1 text of 5.');
  });

  it('grows from nothing to all', () => {
    expect(progressShare(undefined, 2)).toBe(0);
    const stages = ['load', 'time', 'write', 'judge'] as const;
    const course = [
      ...[0, 1].flatMap((lane) => [0, 5].map((done) => ({ lane, stage: stages[0], done, total: 5 }))),
      ...[0, 1].flatMap((lane) => [0, 5].map((done) => ({ lane, stage: stages[1], done, total: 5 }))),
      ...[0, 1].flatMap((lane) =>
        stages.slice(2).flatMap((stage) => [0, 5].map((done) => ({ lane, stage, done, total: 5 }))),
      ),
    ];
    const shares = course.map((progress) => progressShare(progress, 2));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
    expect(progressShare({ lane: 0, stage: 'load', done: 0, total: 0 }, 2)).toBe(0);
  });
});

describe('ruleSentence', () => {
  it('says by how much the race is slowed, at the speed that is chosen', () => {
    const clock = raceClock(LANES, 'time');
    expect(ruleSentence(clock, 1, 'gpu')).toContain('measured GPU time, slowed 330 times;');
    expect(ruleSentence(clock, 4, 'wall')).toContain('measured wall time, slowed 82.5 times;');
    const slow = raceClock([{ passes: 4, milliseconds: 9000 }], 'time');
    expect(ruleSentence(slow, 1, 'wall')).toContain('no slower and no faster');
    expect(ruleSentence(slow, 4, 'wall')).toContain('sped up 4 times');
    expect(ruleSentence(raceClock([undefined], 'time'), 1, 'gpu')).not.toContain('GPU');
  });

  it('claims no time where it is not the rule', () => {
    for (const rule of ['pass', 'fraction'] as const) {
      expect(ruleSentence(raceClock(LANES, rule), 2, 'gpu')).not.toMatch(/time|slowed/);
    }
  });
});
