import { describe, expect, it } from 'vitest';
import type { LaneResult } from '../../worker/race/result.ts';
import {
  clockOf,
  commonClock,
  firstRace,
  initialRaceState,
  isChanged,
  isStale,
  isWhole,
  shownResults,
  withLane,
  withLaneAdded,
  withLaneChanged,
  withLaneRemoved,
  withPosition,
  withRule,
  withSettings,
  withStart,
  withStop,
  withToggle,
  type RaceState,
} from './race.ts';

const spread = (median: number) => ({ median, least: median, most: median, values: [median] });

/** A lane that took `passes` passes and twice as many milliseconds. */
function result(lane: number, passes: number, rest: Partial<LaneResult> = {}): LaneResult {
  const trace = Array.from({ length: passes }, (_, i) => ({
    ...{
      step: i + 1,
      t: 1 - i / passes,
      positions: [i + 1],
      tokens: [5],
      probabilities: [1],
      entropies: [0],
    },
  }));
  return {
    ...{ lane, model: firstRace.lanes[lane]?.model ?? 'student', text: 'a' },
    trace: {
      ...{ version: 1, model: 'student', sampler: 'ancestral', steps: passes, forwardPasses: passes },
      ...{ seed: 1729, sample: 0, temperature: 1, topP: 1, maskId: 9, trace },
      initial: [0, ...Array.from({ length: 32 }, () => 9)],
    },
    ...{ written: 32, forwardPasses: passes, tokensPerPass: 32 / passes, tokensPerSecond: 1 },
    cost: { submits: 1, dispatches: 1, backend: 'webgpu', weights: 'f16' },
    milliseconds: spread(4 * passes),
    gpuMilliseconds: spread(2 * passes),
    ...{ clock: 'gpu', tokens: [], ...rest },
  };
}

const change = (state: RaceState, changed: Partial<RaceState>): RaceState => ({ ...state, ...changed });
const start = (state = initialRaceState): RaceState => change(state, withStart(state, 'running'));
const through = (state: RaceState, ...results: LaneResult[]): RaceState =>
  results.reduce((next, one) => change(next, withLane(next, next.asked!, one)), state);
const all = [result(0, 4), result(1, 20), result(2, 32)];
const raced = through(start(), ...all);

describe('a race', () => {
  it('shows lanes that are through at their end, and plays once all of them are', () => {
    const first = through(start(), all[0]);
    expect(shownResults(first)).toEqual([all[0], undefined, undefined]);
    expect(first).toMatchObject({ position: 8, playing: false });
    expect(isWhole(first)).toBe(false);
    expect(raced).toMatchObject({ position: 0, playing: true });
    expect(isWhole(raced)).toBe(true);
  });

  it('keeps what is shown until the first lane of the next one is through', () => {
    const seeded = change(raced, withSettings(raced, { seed: 5 }));
    const next = start(seeded);
    expect(shownResults(next)).toEqual(all);
    expect(isStale(next)).toBe(true);
    const came = through(next, result(0, 3));
    expect(shownResults(came).map((one) => one?.trace.trace.length)).toEqual([3, undefined, undefined]);
    expect(isStale(came)).toBe(false);
  });

  it('plays anew when it is run again as it was', () => {
    const ended = change(raced, { position: 64, playing: false });
    expect(shownResults(through(start(ended), all[1]))).toEqual([undefined, all[1], undefined]);
  });

  it('keeps its place while lanes are measured', () => {
    const inside = change(raced, { position: 30, playing: true });
    const judged = { texts: 16, selfScored: false, entropy: { mean: 3 }, distinct2: { mean: 1 } };
    const told = { ...all[1], gpuMilliseconds: spread(900), tokens: [[1], [2]], quality: judged };
    const measured = through(change(inside, withStart(inside, 'measuring')), told);
    expect(measured).toMatchObject({ position: 30, playing: false });
    // Quality is new; the times that are shown are those of the race.
    expect(shownResults(measured)[1]).toEqual({ ...all[1], tokens: [[1], [2]], quality: judged });
  });

  it('stops playing when lanes are run, which it would disturb', () => {
    for (const status of ['running', 'measuring'] as const) {
      const playing = change(raced, { position: 30, playing: true });
      expect(change(playing, withStart(playing, status))).toMatchObject({ position: 30, playing: false });
    }
  });

  it('that is stopped keeps the lanes that are through', () => {
    const stopped = change(through(start(), all[0]), withStop(undefined));
    expect(stopped).toMatchObject({ status: 'stopped', progress: undefined, failure: undefined });
    expect(shownResults(stopped)[0]).toBe(all[0]);
    const failure = { code: 'x', message: 'why' };
    expect(start(change(stopped, withStop(failure))).failure).toBeUndefined();
  });
});

describe('settings', () => {
  it("are the visitor's own after any change but that of the seed", () => {
    expect(withSettings(raced, { seed: 5 }).settings?.preset).toBe('three');
    for (const changed of [{ slots: 8 }, { temperature: 0.5 }, { topP: 0.5 }, { prompt: 'a' }]) {
      expect(withSettings(raced, changed).settings?.preset).toBe('own');
    }
    expect(withSettings(raced, { preset: 'pair', slots: 8 }).settings?.preset).toBe('pair');
    expect(isChanged(raced)).toBe(false);
    expect(isChanged(change(raced, withSettings(raced, { topP: 0.5 })))).toBe(true);
    // What a preset is called changes nothing of what is run.
    expect(isChanged(change(raced, withSettings(raced, { preset: 'own' })))).toBe(false);
  });

  it('leave lanes their texts while others change', () => {
    const changed = change(raced, withLaneChanged(raced, 1, { steps: 8 }));
    expect(shownResults(changed)).toEqual([all[0], undefined, all[2]]);
    expect(isWhole(changed)).toBe(false);
    expect(isStale(changed)).toBe(false);
    expect(shownResults(change(changed, withLaneChanged(changed, 1, { steps: 32 })))).toEqual(all);
    const removed = change(raced, withLaneRemoved(raced, 0));
    expect(shownResults(removed)).toEqual([all[1], all[2]]);
    const added = change(raced, withLaneAdded(raced, { ...firstRace.lanes[0] }));
    // There is one result of these settings, and it is the first lane's.
    expect(shownResults(added)).toEqual([...all, undefined]);
    expect(added.editing).toBe(3);
  });

  it('are compared by what is read of a lane', () => {
    const [student, teacher, causal] = firstRace.lanes;
    const asking = (...lanes: typeof firstRace.lanes): RaceState =>
      change(initialRaceState, { asked: firstRace, settings: { ...firstRace, lanes } });
    expect(isChanged(asking(student, teacher, { ...causal, steps: 8, sampler: 'confidence' }))).toBe(false);
    expect(isChanged(asking(student, { ...teacher, steps: 8 }, causal))).toBe(true);
    const hitting = { ...teacher, sampler: 'first-hitting' } as const;
    const state = asking(student, hitting, causal);
    expect(isChanged(state)).toBe(true);
    const lanes = [student, { ...hitting, steps: 8 }, causal];
    expect(isChanged({ ...state, asked: { ...firstRace, lanes } })).toBe(false);
  });

  it('have two lanes at least and eight at most', () => {
    const two = change(raced, withLaneRemoved(raced, 0));
    expect(two.settings.lanes).toHaveLength(2);
    expect(withLaneRemoved(two, 0)).toEqual({});
    let state = raced;
    for (let i = 0; i < 9; i++)
      state = change(state, withLaneAdded(state, { ...firstRace.lanes[0], steps: i + 1 }));
    expect(state.settings.lanes).toHaveLength(8);
  });

  it('keep the clock within what is shown', () => {
    const late = change(raced, { position: 50, playing: true });
    const shorter = change(late, withLaneRemoved(late, 2));
    expect(shorter).toMatchObject({ position: 40, playing: false });
    expect(change(shorter, { focus: 7, ...withSettings({ ...shorter, focus: 7 }, {}) }).focus).toBe(1);
  });
});

describe('the clock', () => {
  it("is the GPU's own only where every lane has it", () => {
    expect(commonClock(all)).toBe('gpu');
    expect(clockOf(raced).ends).toEqual([8, 40, 64]);
    const { gpuMilliseconds: _, ...wall } = all[1];
    const mixed = through(start(), all[0], { ...wall, clock: 'wall' }, all[2]);
    expect(clockOf(mixed).ends).toEqual([16, 80, 128]);
  });

  it('is the same object as long as nothing of it changes', () => {
    expect(clockOf(change(raced, { position: 3 }))).toBe(clockOf(raced));
    expect(clockOf(change(raced, { rule: 'pass' }))).not.toBe(clockOf(raced));
  });

  it('keeps the share of the race under another rule', () => {
    const half = change(raced, { position: 32 });
    expect(withRule(half, 'pass')).toEqual({ rule: 'pass', position: 16 });
    expect(withRule(half, 'fraction')).toEqual({ rule: 'fraction', position: 0.5 });
  });

  it('pauses where a place is chosen, and plays again from the start at its end', () => {
    expect(withPosition(raced, 100)).toEqual({ position: 64, playing: false });
    expect(withPosition(raced, -1).position).toBe(0);
    expect(withToggle(raced)).toEqual({ playing: false });
    expect(withToggle(change(raced, { playing: false, position: 64 }))).toEqual({
      playing: true,
      position: 0,
    });
    expect(withToggle(initialRaceState).playing).toBe(false);
  });
});
