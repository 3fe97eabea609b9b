import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallHooks } from '../../worker/client.ts';
import { UnmaskError } from '../../worker/client.ts';
import type { ModelInfo, ReadyInfo } from '../../worker/protocol.ts';
import type { LaneResult, RaceOptions } from '../../worker/race/result.ts';

/** What the engine was asked for, and how the test answers. */
interface Asked {
  options: RaceOptions;
  hooks: CallHooks;
  resolve: (results: LaneResult[]) => void;
  reject: (error: unknown) => void;
}
const races: Asked[] = [];
const engine = {
  call: vi.fn((name: string, options: unknown, hooks: CallHooks = {}) => {
    if (name === 'vocabulary') return Promise.resolve({ maskId: 9, bos: 0 });
    // A token for each letter.
    if (name === 'encode') return Promise.resolve(Array.from((options as { text: string }).text));
    return new Promise((resolve, reject) => {
      races.push({ options: options as RaceOptions, hooks, resolve, reject });
      hooks.signal?.addEventListener('abort', () => {
        reject(new UnmaskError('aborted', 'race() was cancelled.'));
      });
    });
  }),
};
vi.mock('../engine.ts', () => ({ engine }));

const { measureQuality, openRace, runRace, stopRace } = await import('./run-race.ts');
const { addLane, changeLane, removeLane } = await import('./race-lanes.ts');
const { setPreset, setRaceSettings } = await import('./race-settings.ts');
const { advanceRace, raceMoves, seekRace, setRule } = await import('./race-transport.ts');
const { initialEngineState, useEngine } = await import('../stores/engine.ts');
const { firstRace, initialRaceState, shownResults, useRace } = await import('../stores/race.ts');

const model = (id: string, kind: ModelInfo['kind']): ModelInfo => ({
  ...{ id, kind, vocabulary: 10, length: 128, origin: 'bundled', title: id, bytes: 1 },
});
const models = [model('teacher', 'teacher'), model('student', 'student'), model('causal', 'causal')];
const ready: ReadyInfo = { backend: 'webgpu', adapter: 'a', software: false };

const spread = (median: number) => ({ median, least: median, most: median, values: [median] });
const quality = {
  ...{ texts: 1, selfScored: false, entropy: { mean: 3 }, distinct2: { mean: 1 } },
};
function result(lane: number, passes: number, rest: Partial<LaneResult> = {}): LaneResult {
  const trace = Array.from({ length: passes }, (_, i) => ({
    ...{ step: i + 1, t: 1, positions: [i + 1], tokens: [5], probabilities: [1], entropies: [0] },
  }));
  return {
    ...{ lane, model: 'student', text: 'a', written: 4, forwardPasses: passes, tokensPerPass: 1 },
    trace: {
      ...{ version: 1, model: 'student', sampler: 'ancestral', steps: 4, forwardPasses: passes, seed: 1 },
      ...{ sample: 0, temperature: 1, topP: 1, maskId: 9, initial: [0, 9, 9, 9, 9], trace },
    },
    cost: { submits: 1, dispatches: 1, backend: 'webgpu', weights: 'f16' },
    ...{ milliseconds: spread(passes), clock: 'wall', tokensPerSecond: 1, tokens: [], ...rest },
  };
}

/** The race that was asked for last, once it has reached the engine. */
async function asked(count = 1): Promise<Asked> {
  await vi.waitFor(() => {
    expect(races).toHaveLength(count);
  });
  return races[count - 1];
}
const state = () => useRace.getState();

beforeEach(async () => {
  stopRace();
  // What was stopped says so a moment later.
  await new Promise((resolve) => setTimeout(resolve));
  races.length = 0;
  useRace.setState(initialRaceState, true);
  useEngine.setState({ ...initialEngineState, models, ready }, true);
});

describe('runRace', () => {
  it('asks for slots and the token before them, and of a causal model neither steps nor sampler', async () => {
    setRaceSettings({ seed: 7, prompt: 'Once' });
    void runRace();
    const { options } = await asked();
    expect(options).toMatchObject({ seed: 7, repeats: 5 });
    expect(options.count).toBeUndefined();
    expect(options.lanes[0]).toEqual({
      ...{ model: 'student', length: 33, steps: 4, sampler: 'ancestral' },
      ...{ temperature: 1, topP: 1, prompt: 'Once' },
    });
    expect(options.lanes[2]).toEqual({
      ...{ model: 'causal', length: 33, temperature: 1, topP: 1, prompt: 'Once' },
    });
  });

  it('times each lane less often on a CPU', async () => {
    useEngine.setState({ ready: { ...ready, software: true } });
    void runRace();
    expect((await asked()).options.repeats).toBe(3);
  });

  it('shows progress and lanes as they come, and ends', async () => {
    const run = runRace();
    const { hooks, resolve } = await asked();
    hooks.onRace!({ lane: 0, stage: 'time', done: 1, total: 5 });
    expect(state()).toMatchObject({ status: 'running', progress: { done: 1 } });
    hooks.onLane!(result(0, 4));
    expect(shownResults(state())[0]?.forwardPasses).toBe(4);
    resolve([]);
    await run;
    expect(state()).toMatchObject({ status: 'done', progress: undefined });
  });

  it('that is stopped leaves what is there, without a failure', async () => {
    const run = runRace();
    const { hooks } = await asked();
    hooks.onLane!(result(0, 4));
    stopRace();
    await run;
    expect(state()).toMatchObject({ status: 'stopped', failure: undefined });
    expect(shownResults(state())[0]).toBeDefined();
  });

  it('tells of a failure, and of one before the engine is asked', async () => {
    const run = runRace();
    (await asked()).reject(new UnmaskError('device-lost', 'It is gone.'));
    await run;
    expect(state().failure).toEqual({ code: 'device-lost', message: 'It is gone.' });
    setRaceSettings({ slots: 128 });
    await runRace();
    expect(races).toHaveLength(1);
    expect(state().failure?.message).toContain('127 slots at most');
  });

  it('is refused where the prompt leaves nothing to write', async () => {
    setRaceSettings({ prompt: 'a'.repeat(32) });
    await runRace();
    expect(races).toHaveLength(0);
    expect(state().failure).toEqual({
      code: 'argument',
      message: 'The prompt takes 32 of 32 slots: shorten it or choose a longer text.',
    });
    setRaceSettings({ prompt: 'a'.repeat(31) });
    void runRace();
    expect((await asked()).options.lanes[0].prompt).toHaveLength(31);
  });

  it('that was taken over by another changes nothing any more', async () => {
    const first = runRace();
    const { hooks } = await asked();
    void runRace();
    await first;
    await asked(2);
    hooks.onLane!(result(0, 4));
    hooks.onRace!({ lane: 2, stage: 'time', done: 1, total: 5 });
    expect(state()).toMatchObject({ status: 'running', progress: undefined, race: undefined });
  });
});

describe('measureQuality', () => {
  it('asks for texts, and keeps figures until better ones are there', async () => {
    const run = runRace();
    const { hooks, resolve } = await asked();
    [4, 20, 32].forEach((passes, lane) => {
      hooks.onLane!(result(lane, passes, { quality }));
    });
    resolve([]);
    await run;
    useRace.setState({ texts: 16 });
    void measureQuality();
    const measured = await asked(2);
    expect(measured.options).toMatchObject({ count: 16, seed: firstRace.seed });
    expect(state().status).toBe('measuring');
    measured.hooks.onLane!(result(0, 4));
    expect(shownResults(state())[0]?.quality?.texts).toBe(1);
    measured.hooks.onLane!(result(0, 4, { quality: { ...quality, texts: 16 } }));
    expect(shownResults(state()).map((one) => one?.quality?.texts)).toEqual([16, 1, 1]);
  });
});

describe('openRace', () => {
  it('runs once, what the models allow', async () => {
    useEngine.setState({ models: models.slice(0, 2) });
    void openRace();
    const { options } = await asked();
    expect(state().settings.preset).toBe('pair');
    expect(options.lanes.map((lane) => lane.model)).toEqual(['student', 'teacher']);
    await openRace();
    expect(races).toHaveLength(1);
  });
});

describe('presets and lanes', () => {
  it('setPreset takes over lanes and slots, undoes other changes but the seed, and runs', async () => {
    setRaceSettings({ seed: 3, temperature: 0.5, prompt: 'a' });
    setPreset('budgets', 'teacher');
    expect(state().settings).toMatchObject({ preset: 'budgets', seed: 3, temperature: 1, prompt: '' });
    expect((await asked()).options.lanes.map(({ steps }) => steps)).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    setPreset('students');
    expect(state().settings.preset).toBe('budgets');
  });

  it('addLane takes a number of steps that no lane has yet', () => {
    addLane();
    expect(state().settings.lanes.at(-1)).toEqual({ model: 'teacher', sampler: 'ancestral', steps: 64 });
    changeLane(3, { steps: 1024 });
    addLane();
    expect(state().settings.lanes.at(-1)?.steps).toBe(1);
    removeLane(0);
    expect(state().settings.lanes.map((lane) => lane.steps)).toEqual([32, 32, 1024, 1]);
  });

  it('addLane adds one that differs, whatever the others have', () => {
    const added = () => {
      addLane();
      return state().settings.lanes.at(-1);
    };
    changeLane(1, { sampler: 'first-hitting' });
    expect(added()).toEqual({ model: 'student', sampler: 'ancestral', steps: 8 });
    const [, teacher, causal] = state().settings.lanes;
    useRace.setState({ settings: { ...firstRace, lanes: [teacher, causal] } });
    expect(added()).toEqual({ model: 'teacher', sampler: 'ancestral', steps: 4 });
    useRace.setState({ settings: { ...firstRace, lanes: [causal, causal] } });
    expect(added()).toMatchObject({ model: 'teacher', sampler: 'ancestral' });
  });

  it('lanes and settings that are those of a preset again have its name', () => {
    const preset = () => state().settings.preset;
    addLane();
    expect(preset()).toBe('own');
    removeLane(3);
    expect(preset()).toBe('three');
    setRaceSettings({ temperature: 0.5, seed: 3 });
    expect(preset()).toBe('own');
    setRaceSettings({ temperature: 1 });
    expect(state().settings).toMatchObject({ preset: 'three', seed: 3 });
    removeLane(2);
    expect(preset()).toBe('pair');
  });
});

describe('the transport', () => {
  beforeEach(() => {
    const settings = { ...firstRace, lanes: firstRace.lanes.slice(0, 2) };
    const race = { settings, results: [result(0, 2), result(1, 4)] };
    useRace.setState({ settings, race, rule: 'time' });
  });

  it('steps from moment to moment, and to either end', () => {
    // Passes take a millisecond each.
    raceMoves.forward();
    expect(state().position).toBe(1);
    raceMoves.last();
    raceMoves.back();
    expect(state().position).toBe(3);
    raceMoves.first();
    expect(state().position).toBe(0);
    seekRace(2.5);
    raceMoves.back();
    expect(state().position).toBe(2);
  });

  it('plays by the clock of the screen, at the speed that is chosen, to the end', () => {
    advanceRace(1000);
    expect(state().position, 'it is paused').toBe(0);
    raceMoves.toggle();
    advanceRace(2000);
    expect(state().position).toBe(1);
    useRace.setState({ speed: 2 });
    advanceRace(2000);
    expect(state()).toMatchObject({ position: 3, playing: true });
    setRule('fraction');
    expect(state().position).toBe(0.75);
    advanceRace(60_000);
    expect(state()).toMatchObject({ position: 1, playing: false });
  });
});
