import { describe, expect, it } from 'vitest';
import { branchSlots, changedMoment, comparison, restPosition, stepsBeyond, type Branch } from './branch.ts';
import { slotsAt } from './slots.ts';
import type { Trace, TraceStep } from './trace.ts';

const M = 99;
const step = (step: number, came: Record<number, number>): TraceStep => ({
  ...{ step, t: 1 - (step - 1) / 4, positions: Object.keys(came).map(Number), tokens: Object.values(came) },
  probabilities: Object.keys(came).map(() => 0.5),
  entropies: Object.keys(came).map(() => 1),
});
/** Step 3 brings nothing. */
const trace: Trace = {
  ...{ version: 1, model: 'm', sampler: 'ancestral', steps: 4, forwardPasses: 3, seed: 1, sample: 0 },
  ...{ temperature: 1, topP: 1, maskId: M, initial: [0, M, M, M, M] },
  trace: [step(1, { 1: 11 }), step(2, { 2: 12 }), step(4, { 3: 13, 4: 14 })],
};
const steps = trace.trace.map((one) => one.step);
/** After step 2 slot 1 is masked again, and comes in the step that the original does without. */
const branch: Branch = {
  ...{ trace, steps, position: 2, changes: { 1: 'mask', 2: 22 } },
  rest: {
    ...{ ...trace, from: 2, initial: [0, M, 22, M, M] },
    trace: [step(3, { 1: 31 }), step(4, { 3: 13 }), step(5, { 4: 34 })],
  },
};
const tokens = (at: number) =>
  branchSlots(branch, at).map((slot) => (slot.state === 'masked' ? M : slot.token));
const states = (at: number) => branchSlots(branch, at).map(({ state }) => state);

describe('a branch of a run', () => {
  it('shows the original till it leaves it, then the changes, then its own steps', () => {
    expect(branchSlots(branch, 0)).toEqual(slotsAt(trace, 0));
    expect(branchSlots(branch, 1)).toEqual(slotsAt(trace, 1));
    expect(tokens(2)).toEqual([0, M, 22, M, M]);
    expect(tokens(3)).toEqual([0, 31, 22, 13, M]);
    expect(states(3)).toEqual(['given', 'new', 'given', 'new', 'masked']);
    expect(tokens(4)).toEqual([0, 31, 22, 13, 34]);
    expect(states(4)).toEqual(['given', 'earlier', 'given', 'earlier', 'new']);
  });

  it('keeps step with the original, and takes the steps beyond it one by one', () => {
    expect([0, 2, 3, 4, 5].map((at) => restPosition(branch, at))).toEqual([0, 0, 2, 3, 3]);
    expect(stepsBeyond(branch).map((one) => one.step)).toEqual([5]);
    const late: Branch = { ...branch, position: 3, rest: { ...branch.rest!, trace: [step(4, { 1: 5 })] } };
    expect([2, 3, 4].map((at) => restPosition(late, at))).toEqual([0, 0, 1]);
    expect(stepsBeyond(late)).toHaveLength(1);
    expect(stepsBeyond({ trace, steps, position: 1, changes: {} })).toEqual([]);
  });

  it('tells which later tokens came out differently, once both are whole', () => {
    expect(comparison(branch)).toEqual({ changed: 2, later: 3, different: new Set([1, 4]) });
    const { rest: _, ...draft } = branch;
    expect(comparison(draft)).toBeUndefined();
    const growing = { ...trace, trace: trace.trace.slice(0, 2) };
    expect(comparison({ ...branch, trace: growing })).toBeUndefined();
  });

  it('begins with the changed tokens, at the last step where there is none after it', () => {
    expect(changedMoment(branch)).toEqual({
      ...{ tokens: [0, M, 22, M, M], step: 2, sample: 0, t: 0.75, given: [0] },
    });
    expect(changedMoment({ ...branch, position: 3 }).step).toBe(3);
    const hits: Trace = { ...trace, sampler: 'first-hitting', steps: 0 };
    expect(changedMoment({ trace: hits, position: 3, changes: { 3: 'mask' } })).toMatchObject({
      ...{ tokens: [0, 11, 12, M, 14], step: 3 },
    });
    // From the start, for another token there alone.
    expect(changedMoment({ trace, position: 0, changes: { 4: 7 } })).toEqual({
      ...{ tokens: [0, M, M, M, 7], step: 0, sample: 0, given: [0] },
    });
  });
});
