import { describe, expect, it } from 'vitest';
import { tick } from '../../trace/player.ts';
import { slotsAt } from '../../trace/slots.ts';
import type { PlanEvent } from '../../worker/protocol.ts';
import { initialWatchState, withPlan, withStep, type WatchState } from './watch.ts';

const plan: PlanEvent = {
  model: 'student',
  sampler: 'ancestral',
  steps: 4,
  seed: 1,
  temperature: 1,
  topP: 1,
  maskId: 9,
  samples: [
    {
      sample: 0,
      initial: [0, 9, 9, 9],
      passes: [
        { step: 2, t: 0.75, count: 2 },
        { step: 5, t: 1e-5, count: 1 },
      ],
    },
  ],
};

const failed: WatchState = {
  ...initialWatchState,
  failure: { code: 'x', message: 'old' },
  cost: { forwardPasses: 1, dispatches: 1, submits: 1, milliseconds: 1 },
};
const started: WatchState = { ...failed, ...withPlan(plan) };

describe('a run on the canvas', () => {
  it('begins with its schedule known and what came before gone', () => {
    expect(started.schedule).toEqual([
      { step: 2, tokens: 2 },
      { step: 5, tokens: 1 },
    ]);
    expect(started).toMatchObject({ status: 'running', failure: undefined, cost: undefined });
    expect(started.player).toEqual({ position: 0, available: 0, total: 2, playing: true });
    expect(started.trace).toMatchObject({ forwardPasses: 2, initial: [0, 9, 9, 9], trace: [] });
  });

  it('grows step by step, and the player follows', () => {
    const step = {
      step: 2,
      t: 0.75,
      positions: [1, 3],
      tokens: [5, 6],
      probabilities: [0.5, 0.25],
      entropies: [1, 2],
    };
    const state = { ...started, ...withStep(started, { steps: [step] }) };
    expect(state.player.available).toBe(1);
    const shown = slotsAt(state.trace!, tick(state.player).position).map((slot) => slot.state);
    expect(shown).toEqual(['given', 'new', 'masked', 'new']);
    // What is shown may be kept by React: it is never changed in place.
    expect(started.trace!.trace).toEqual([]);
  });

  it('takes no notice of passes in which its sample had no step', () => {
    expect(withStep(started, { steps: [null] }).player.available).toBe(0);
  });
});
