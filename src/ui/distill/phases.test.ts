import { describe, expect, it } from 'vitest';
import type { PhaseReport } from '../../worker/distill/result.ts';
import { maskOf, phaseBoxes, phaseGroups, phaseSentence, targetWords } from './phases.ts';
import { MASK, madeState, phases } from './testing.ts';
import { initialDistillState, withOpened, withProgress, type DistillViewState } from '../stores/distill.ts';

const text = { given: 1 as const, maskId: MASK };
const state = madeState();
const after = (count: number): DistillViewState =>
  phases
    .slice(0, count)
    .reduce<DistillViewState>(
      (view, report) => ({ ...view, ...withProgress(view, { kind: 'phase', report }) }),
      { ...initialDistillState, ...withOpened(state) },
    );
const boxes = (count: number) => phaseBoxes(state, after(count), text);

describe('phaseBoxes', () => {
  it('has a box for each sub-step, and no slot for the token that begins the text', () => {
    expect(boxes(0).map(({ key }) => key)).toEqual([
      'teacher 1',
      'teacher 2',
      'targets',
      'student',
      'update',
    ]);
    expect(boxes(0).map(({ state: one }) => one)).toEqual(Array(5).fill('waiting'));
    expect(boxes(0)[0].cells.map(({ look }) => look)).toEqual(Array(4).fill('unknown'));
    const four = { options: { ...state.options, m: 4 } };
    expect(phaseBoxes(four, after(0), text)).toHaveLength(7);
  });

  it('shows what is new in each sub-step, and lights the last that was told', () => {
    const [first, second, third] = boxes(2);
    expect(first.cells.map(({ look }) => look)).toEqual(['new', 'masked', 'masked', 'known']);
    expect(second.cells.map(({ look }) => look)).toEqual(['known', 'masked', 'new', 'known']);
    expect(second.words).toBe('1 slot unmasks, t 0.38 to 0.25');
    expect([first.state, second.state, third.state]).toEqual(['done', 'on', 'waiting']);
  });

  it('says where targets come from, how far the student is off, and what the update was cut to', () => {
    const [, , targets, student, update] = boxes(5);
    expect(targets.words).toBe(
      '1 from sub-step 1, 2 from sub-step 2, 1 masked still: target from sub-step 2',
    );
    expect(targets.cells.map(({ mark }) => mark)).toEqual(['1', '2', '2', undefined]);
    expect(student.words).toBe('divergence 0.41 nat');
    expect(student.cells.map(({ heat }) => heat)).toEqual([0.25, 1, 0.125, undefined]);
    expect(update.words).toBe('AdamW, gradient norm 1.50, cut to 1.00');
    expect(phaseSentence(boxes(5))).toBe('Update: AdamW, gradient norm 1.50, cut to 1.00.');
  });
});

describe('the token that begins a text', () => {
  it('is counted in no words, though it may be masked as well', () => {
    const [teacher, targets] = phases;
    if (teacher.phase !== 'teacher') throw new Error('the first phase is not of the teacher');
    const masked: PhaseReport[] = [
      { ...teacher, before: [MASK, MASK, MASK, MASK, 4], after: [3, 5, MASK, MASK, 4] },
      { ...teacher, subStep: 2, t: 0, s: 0, before: [3, 5, MASK, MASK, 4], after: [MASK, 5, MASK, MASK, 4] },
      { ...targets, phase: 'targets', subSteps: [1, 1, 2, 2, 0] },
    ];
    const view = masked.reduce<DistillViewState>(
      (next, report) => ({ ...next, ...withProgress(next, { kind: 'phase', report }) }),
      after(0),
    );
    const words = phaseBoxes(state, view, text).map((box) => box.words);
    expect(words[0]).toBe('1 slot unmasks, t 0.50 to 0.38');
    expect(words[1]).toBe('nothing unmasks, time has run out');
    expect(words[2]).toBe('1 from sub-step 1, 2 from sub-step 2, 2 masked still: target from sub-step 2');
    expect(maskOf(view.followed)).toBe(MASK);
    expect(maskOf(undefined)).toBe(-1);
  });
});

it('many sub-steps of the teacher share a card, and are said in short', () => {
  const of = (m: number) => phaseGroups(phaseBoxes({ options: { ...state.options, m } }, after(2), text));
  expect(of(4).rail).toEqual([]);
  const { rail, apart } = of(8);
  expect([rail.length, apart.map(({ key }) => key)]).toEqual([8, ['targets', 'student', 'update']]);
  expect(rail.slice(0, 3).map(({ short }) => short)).toEqual(['1 unmasks', '1 unmasks', undefined]);
});

it('targetWords stays short where there are many sub-steps', () => {
  expect(targetWords([1, 2, 3, 3, 0], 3, [1, 1], MASK)).toBe('1, 1 and 2 from sub-steps 1 to 3');
});
