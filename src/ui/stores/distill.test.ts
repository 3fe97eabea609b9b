import { describe, expect, it } from 'vitest';
import type { DistillProgress, PhaseReport } from '../../worker/distill/result.ts';
import { madeFloor, madeState, madeUpdate, phases } from '../distill/testing.ts';
import {
  initialDistillState,
  lookedSlot,
  withOpened,
  withProgress,
  type DistillViewState,
} from './distill.ts';

const open = (): DistillViewState => ({ ...initialDistillState, ...withOpened(madeState()) });
const told = (view: DistillViewState, ...came: DistillProgress[]): DistillViewState =>
  came.reduce((next, progress) => ({ ...next, ...withProgress(next, progress) }), view);
const phase = (report: PhaseReport): DistillProgress => ({ kind: 'phase', report });

describe('withProgress', () => {
  it('collects the phases of an update, and lights the last', () => {
    let view = told(open(), phase(phases[0]), phase(phases[1]));
    expect(view.lit).toEqual({ phase: 'teacher', subStep: 2 });
    expect(view.followed).toMatchObject({ update: 1, teacher: [{ subStep: 1 }, { subStep: 2 }] });
    expect(view.looked).toBeUndefined();
    view = told(view, ...phases.slice(2).map(phase));
    expect(view.followed).toMatchObject({ targets: {}, student: { loss: 0.41 }, change: { clipped: true } });
    expect(view.looked).toMatchObject({ update: 1, tokens: [0, 9, 9, 9, 4] });
  });

  it('forgets the phases of the update before, but not what is under the microscope', () => {
    const update: DistillProgress = { kind: 'update', report: madeUpdate(1) };
    const view = told(open(), ...phases.map(phase), update, phase(phases[0]));
    expect(view.followed).toEqual({ update: 2, teacher: [phases[0]] });
    expect(view.looked?.update).toBe(1);
  });

  it('has no text for who begins to follow in the middle of an update', () => {
    const view = told(open(), phase(phases[3]));
    expect(view.followed).toMatchObject({ teacher: [], student: {} });
    expect(view.looked).toBeUndefined();
  });

  it('counts an update once, in its round', () => {
    const update: DistillProgress = { kind: 'update', report: madeUpdate(1) };
    const { state } = told(open(), update, update);
    expect(state).toMatchObject({ updates: 1, rounds: [{ updates: 1 }, { updates: 0 }] });
    expect(state?.history).toHaveLength(1);
  });

  it('does not time updates that were held between their phases', () => {
    const update: DistillProgress = { kind: 'update', report: madeUpdate(1) };
    const all = phases.map(phase);
    expect(told(open(), ...all, update).waited).toEqual([]);
    expect(told({ ...open(), slow: true }, ...all, update).waited).toEqual([1]);
    const byPhase = told({ ...open(), until: 'phase' }, all[0]);
    expect(told({ ...byPhase, until: 'end' }, ...all.slice(1), update).waited).toEqual([1]);
  });

  it('keeps floors with their rounds, and the reason why nothing is saved only till it is', () => {
    const floor = madeFloor({ round: 2 });
    const before = { ...open(), state: madeState({ unsaved: 'The disk is full.' }) };
    const { state } = told(before, { kind: 'floor', report: floor }, { kind: 'saved', at: 7 });
    expect(state?.rounds.map((round) => round.floor)).toEqual([undefined, floor]);
    expect(state).toMatchObject({ savedAt: 7 });
    expect(state).not.toHaveProperty('unsaved');
  });

  it('tells how far the teacher is with the held-out targets, until all are drawn', () => {
    const some = told(open(), { kind: 'drawing', done: 3, total: 16 });
    expect(some.drawing).toEqual({ done: 3, total: 16 });
    expect(told(some, { kind: 'drawing', done: 16, total: 16 }).drawing).toBeUndefined();
  });

  it('tells how far the teacher is with its texts before anything is open', () => {
    const view = told(initialDistillState, { kind: 'writing', done: 2, total: 8 });
    expect(view.writing).toEqual({ done: 2, total: 8 });
    expect(told(initialDistillState, { kind: 'update', report: madeUpdate(1) }).state).toBeUndefined();
  });
});

describe('lookedSlot', () => {
  const { looked } = told(open(), ...phases.map(phase));
  it('is the one that was chosen, where it is masked in this text, else the first that is shown', () => {
    expect(lookedSlot({ looked, position: 3, given: 1 })?.position).toBe(3);
    expect(lookedSlot({ looked, position: 4, given: 1 })?.position).toBe(1);
    expect(lookedSlot({ looked, position: undefined, given: 1 })?.position).toBe(1);
    const begun = { ...looked!, slots: [{ ...looked!.slots[0], position: 0 }, ...looked!.slots] };
    expect(lookedSlot({ looked: begun, position: undefined, given: 1 })?.position).toBe(1);
    expect(lookedSlot({ looked: begun, position: undefined, given: 0 })?.position).toBe(0);
    expect(lookedSlot({ looked: undefined, position: 3, given: 1 })).toBeUndefined();
  });
});
