import { describe, expect, it } from 'vitest';
import { tick } from '../../trace/player.ts';
import { slotsAt } from '../../trace/slots.ts';
import type { PlanEvent } from '../../worker/protocol.ts';
import {
  firstSettings,
  initialWatchState,
  passOf,
  plannedRun,
  playerOf,
  recordedRun,
  sameSettings,
  withCost,
  withPlan,
  withRun,
  withStep,
  withStop,
  type Run,
  type WatchState,
} from './watch.ts';

const passes = [
  { step: 2, t: 0.75, count: 2 },
  { step: 5, t: 1e-5, count: 1 },
];
const planOf = (samples: PlanEvent['samples']): PlanEvent => ({
  model: 'student',
  sampler: 'ancestral',
  steps: 4,
  seed: 1,
  temperature: 1,
  topP: 1,
  maskId: 9,
  samples,
});
const plan = planOf([{ sample: 0, initial: [0, 9, 9, 9], passes }]);
const vocabulary = { maskId: 9, bos: 0 };
const planned = (event = plan): Run => plannedRun(event, firstSettings, vocabulary, 1);
const first = {
  step: 2,
  t: 0.75,
  positions: [1, 3],
  tokens: [5, 6],
  probabilities: [0.5, 0.25],
  entropies: [1, 2],
};
const second = { step: 5, t: 1e-5, positions: [2], tokens: [7], probabilities: [1], entropies: [0] };
const cost = {
  ...{ forwardPasses: 2, dispatches: 10, submits: 3, milliseconds: 5 },
  ...{ backend: 'webgpu', weights: 'f16' as const },
};

const failed: WatchState = { ...initialWatchState, failure: { code: 'x', message: 'old' } };
const begin = (state = failed, run = planned(), handover = false): WatchState => ({
  ...state,
  ...withPlan(state, run, handover),
});
const step = (
  state: WatchState,
  steps: Parameters<typeof withStep>[1]['steps'],
  firstSample = 0,
): WatchState => ({
  ...state,
  ...withStep(state, { firstSample, steps }),
});

describe('a run on the canvas', () => {
  it('begins with its schedule known and what came before gone', () => {
    const state = begin();
    expect(state.run!.schedules).toEqual([
      [
        { step: 2, tokens: 2 },
        { step: 5, tokens: 1 },
      ],
    ]);
    expect(state).toMatchObject({ status: 'running', failure: undefined, inspections: {} });
    expect(state.player).toEqual({ position: 0, available: 0, total: 2, playing: true });
    expect(state.run!.traces[0]).toMatchObject({ forwardPasses: 2, initial: [0, 9, 9, 9], trace: [] });
  });

  it('grows step by step, and the player follows', () => {
    const started = begin();
    const state = step(started, [first]);
    expect(state.player.available).toBe(1);
    const shown = slotsAt(state.run!.traces[0], tick(state.player).position).map((slot) => slot.state);
    expect(shown).toEqual(['given', 'new', 'masked', 'new']);
    // What is shown may be kept by React: it is never changed in place.
    expect(started.run!.traces[0].trace).toEqual([]);
  });

  it('keeps every text of a batch, and those of the next batch', () => {
    const two = planOf([0, 1].map((sample) => ({ sample, initial: [0, 9, 9, 9], passes })));
    let state = begin(failed, planned(two));
    state = step(state, [null, first]);
    expect(state.player.available).toBe(0);
    expect(state.run!.traces.map(({ trace }) => trace.length)).toEqual([0, 1]);
    const more = planOf([{ sample: 2, initial: [0, 9, 9, 9], passes: passes.slice(1) }]);
    state = step(begin(state, planned(more)), [second], 2);
    expect(state.run!.traces.map(({ sample, trace }) => [sample, trace.length])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
    expect(state.player.total).toBe(2);
    expect(playerOf(state.run!, 2, 5, false)).toEqual({
      position: 1,
      available: 1,
      total: 1,
      playing: false,
    });
  });
});

it('a run that is stopped can be played as far as it came', () => {
  const stopped = { ...begin(), ...withStop(step(begin(), [first])) };
  expect(stopped).toMatchObject({ status: 'stopped', player: { available: 1, total: 1 } });
  const whole = { ...begin(), ...withCost(step(step(begin(), [first]), [second]), cost) };
  expect(withStop(whole).player, 'a later failure leaves it alone').toBeUndefined();
});

describe('the hand-over from a record', () => {
  const trace = { ...planned().traces[0], trace: [first, second] };
  const playing = (): WatchState => ({
    ...failed,
    ...withRun(recordedRun(trace, vocabulary, firstSettings)),
  });

  it('waits unseen until the live run is whole, and keeps the place', () => {
    let state = begin({ ...playing(), player: tick(playing().player) }, planned(), true);
    expect(state.run!.origin).toBe('recorded');
    state = step(step(state, [first]), [second]);
    expect(state.run!.origin).toBe('recorded');
    expect(state.player.position).toBe(1);
    state = { ...state, ...withCost(state, cost) };
    expect(state.run).toMatchObject({ origin: 'live', cost });
    expect(state.pending).toBeUndefined();
    expect(state.player).toEqual({ position: 1, available: 2, total: 2, playing: true });
  });

  it('says so when the live text is another', () => {
    const same = begin(playing(), planned(), true);
    const other = { ...first, tokens: [5, 7] };
    const [asRecorded, differing] = [first, other].map((came) => step(step(same, [came]), [second]));
    expect(withCost(asRecorded, cost).notice).toBeUndefined();
    expect(withCost(differing, cost).notice).toContain('draws other tokens');
  });

  it('is none for other settings, or for a run that the visitor asks for', () => {
    const other = plannedRun(plan, { ...firstSettings, seed: 3 }, vocabulary, 1);
    expect(begin(playing(), other, true).run!.origin).toBe('live');
    expect(begin(playing(), planned(), false).run!.origin).toBe('live');
  });
});

it('sameSettings sees every field, pins too', () => {
  expect(sameSettings(firstSettings, { ...firstSettings, pins: {} })).toBe(true);
  const changes = {
    model: 'x',
    sampler: 'confidence',
    steps: 9,
    seed: 0,
    temperature: 2,
    topP: 0.5,
  } as const;
  const more = { slots: 8, count: 2, prompt: 'a', bos: false, pins: { 3: 1 } };
  for (const [key, value] of Object.entries({ ...changes, ...more })) {
    expect(sameSettings(firstSettings, { ...firstSettings, [key]: value }), key).toBe(false);
  }
  expect(Object.keys({ ...changes, ...more }).toSorted()).toEqual(Object.keys(firstSettings).toSorted());
  const pinned = { ...firstSettings, pins: { 3: 1, 1: 4 } };
  expect(sameSettings(pinned, { ...firstSettings, pins: { 1: 4, 3: 1 } })).toBe(true);
});

it('passOf is the pass that drew the token once it has come, else the one that is shown', () => {
  const trace = { ...planned().traces[0], trace: [first, second] };
  expect([0, 1, 2].map((position) => passOf(trace, position, 1))).toEqual([0, 0, 0]);
  expect([0, 1, 2].map((position) => passOf(trace, position, 2))).toEqual([0, 0, 1]);
});
