import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DistillRunOptions, DistillState } from '../../worker/distill/result.ts';
import { UnmaskError, type CallHooks } from '../../worker/client.ts';
import { MASK, madeFloor, madeState, madeUpdate, phases } from '../distill/testing.ts';

/** One distillRun, and how the test ends it. */
interface Asked {
  options: DistillRunOptions;
  hooks: CallHooks;
  resolve: (state: DistillState) => void;
  reject: (error: unknown) => void;
}
const runs: Asked[] = [];
const calls: [string, unknown][] = [];
/** Answers of the other calls; an error is thrown. */
let answers: Record<string, unknown> = {};
const engine = {
  call: vi.fn((name: string, options: unknown, hooks: CallHooks = {}) => {
    calls.push([name, options]);
    if (name === 'distillRun') {
      return new Promise((resolve, reject) => {
        runs.push({ options: options as DistillRunOptions, hooks, resolve, reject });
      });
    }
    if (hooks.signal?.aborted) return Promise.reject(new UnmaskError('aborted', 'It was cancelled.'));
    const answer = answers[name];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }),
};
vi.mock('../engine.ts', () => ({ engine }));
// Frames of the screen, and a page that is in sight.
vi.stubGlobal('document', { hidden: false });
vi.stubGlobal('requestAnimationFrame', (next: () => void) => setTimeout(next));

const { begin, cancelOpening, discard, enterDistill, open, resume } = await import('./distill-open.ts');
const { pause, run, setSlow } = await import('./distill-run.ts');
const { compareFinished, compareQuality, compareTexts } = await import('./distill-compare.ts');
const { measureFloor, raceRound } = await import('./distill-rounds.ts');
const { takeTexts, setForm, setLadder } = await import('./distill-setup.ts');
const { initialDistillState, useDistill } = await import('../stores/distill.ts');
const { initialComparison, useComparison } = await import('../stores/comparison.ts');
const { initialEngineState, useEngine } = await import('../stores/engine.ts');
const { useRace } = await import('../stores/race.ts');
const { useView } = await import('../stores/view.ts');

const view = () => useDistill.getState();
const named = (name: string): unknown[] =>
  calls.filter(([one]) => one === name).map(([, options]) => options);
const models = (['teacher', 'student', 'causal'] as const).map((kind) => ({
  ...{
    id: kind,
    kind,
    vocabulary: 10,
    length: 128,
    origin: 'bundled' as const,
    title: kind,
    bytes: 1,
  },
}));

/** The run that was asked for last, once it has reached the engine. */
async function asked(count: number): Promise<Asked> {
  await vi.waitFor(() => {
    expect(runs).toHaveLength(count);
  });
  return runs[count - 1];
}

/** A state whose rounds are so long. */
const ofRounds = (updatesPerRound: number, state = madeState()): DistillState => ({
  ...state,
  options: { ...state.options, updatesPerRound },
});

/** The state so many updates later; the end of its round is far off. */
function later(updates: number, rest: Partial<DistillState> = {}): DistillState {
  const base = ofRounds(40, madeState({ updates, ...rest }));
  return { ...base, history: Array.from({ length: updates }, (_, i) => madeUpdate(i + 1)) };
}

beforeEach(async () => {
  // What an earlier test left running comes to its end.
  pause();
  for (const one of runs) one.resolve(madeState());
  await vi.waitFor(() => {
    expect(view().status).not.toMatch(/running|pausing/);
  });
  [runs.length, calls.length] = [0, 0];
  answers = {
    distillState: null,
    distillSaved: [],
    distillOpen: madeState(),
    vocabulary: { maskId: MASK, bos: 0 },
    models,
  };
  useDistill.setState(initialDistillState, true);
  useComparison.setState(initialComparison, true);
  useEngine.setState({ ...initialEngineState, models }, true);
});

describe('opening', () => {
  it('asks for what the form says, and runs to the end', async () => {
    setForm({ rounds: '1' });
    const going = begin(true);
    const first = await asked(1);
    expect(named('distillOpen')).toMatchObject([{ teacher: 'teacher', rounds: 1, length: 33 }]);
    // The first update is followed.
    expect(first.options).toEqual({ until: 'update', phases: true });
    first.resolve(later(1));
    const { options, resolve } = await asked(2);
    expect(options).toEqual({ until: 'end' });
    resolve(later(4, { finished: true }));
    await going;
    expect(view()).toMatchObject({ status: 'paused', state: { finished: true } });
  });

  it('does nothing while the form is wrong, and tells what stands in the way', async () => {
    setForm({ batch: 'x' });
    await begin(true);
    expect(named('distillOpen')).toEqual([]);
    setForm({ batch: '8' });
    answers['distillOpen'] = new UnmaskError('out-of-memory', 'There is too little memory.');
    await begin(true);
    expect(view()).toMatchObject({ status: 'closed', failure: { code: 'out-of-memory' } });
    expect(runs).toEqual([]);
  });

  it('that is cancelled leaves no failure', async () => {
    let reject: (error: unknown) => void = () => undefined;
    answers['distillOpen'] = new Promise((_, refuse) => (reject = refuse));
    const going = open({ teacher: 'teacher' });
    cancelOpening();
    reject(new UnmaskError('aborted', 'It was cancelled.'));
    expect(await going).toBe(false);
    expect(view()).toMatchObject({ status: 'closed', failure: undefined });
  });

  it('takes up what the engine has open, and a saved run with its settings', async () => {
    answers['distillState'] = later(3);
    await enterDistill();
    expect(view()).toMatchObject({ status: 'paused', state: { updates: 3 }, saved: [] });
    useDistill.setState(initialDistillState, true);
    await resume('run-1');
    expect(named('distillOpen')).toEqual([{ resume: 'run-1' }]);
    expect(view()).toMatchObject({ status: 'paused', form: { firstSteps: 8, updates: '4', slots: '4' } });
  });

  it('of a run whose model is gone has a slot for every token, and the next begins with one that there is', async () => {
    const base = madeState();
    answers['distillOpen'] = { ...base, options: { ...base.options, teacher: 'golden', length: 24 } };
    answers['vocabulary'] = new UnmaskError('argument', 'There is no model golden.');
    await resume('run-1');
    expect(view()).toMatchObject({ given: 0, form: { teacher: 'golden', slots: '24' } });
    await discard('run-1');
    expect(view()).toMatchObject({ given: 1, form: { teacher: 'teacher' } });
  });

  it('drops what was compared before, but for a run that is the same', async () => {
    const texts = { teacher: { 1: 'a text' } };
    const before = { run: 'run-1', texts, prompt: 'Once', columns: [{ model: 'teacher', title: 'Teacher' }] };
    useComparison.setState(before);
    await resume('run-1');
    expect(useComparison.getState().texts).toEqual(texts);
    answers['distillOpen'] = madeState({ run: 'run-2' });
    await open({ teacher: 'teacher' });
    expect(useComparison.getState()).toMatchObject({ run: 'run-2', texts: {}, columns: [], prompt: 'Once' });
    useComparison.setState({ ...before, run: 'run-2' });
    await discard('run-2');
    expect(useComparison.getState()).toMatchObject({
      run: undefined,
      texts: {},
      columns: [],
      prompt: 'Once',
    });
  });

  it('can be undone: what is discarded is gone from the page', async () => {
    await open({ teacher: 'teacher' });
    await discard('another');
    expect(view().state).toBeDefined();
    await discard('run-1');
    expect(view()).toMatchObject({ status: 'closed', state: undefined });
    expect(named('distillDiscard')).toEqual([{ run: 'another' }, { run: 'run-1' }]);
  });
});

describe('running', () => {
  beforeEach(async () => {
    await open({ teacher: 'teacher' });
    useDistill.setState({ state: ofRounds(40), followed: { update: 1, teacher: [] } });
  });

  it('one phase or one update is followed, and a round is not', async () => {
    for (const [i, until] of (['phase', 'update', 'round'] as const).entries()) {
      const going = run(until);
      const { options, resolve } = await asked(i + 1);
      expect(options).toEqual({ until, ...(until === 'round' ? {} : { phases: true }) });
      resolve(later(i));
      await going;
    }
    expect(runs).toHaveLength(3);
  });

  it('shows what is told, pauses once, and does not go on', async () => {
    const going = run('end');
    const { hooks, resolve } = await asked(1);
    hooks.onDistill!({ kind: 'phase', report: phases[0] });
    hooks.onDistill!({ kind: 'update', report: madeUpdate(1) });
    await vi.waitFor(() => {
      expect(view()).toMatchObject({ status: 'running', state: { updates: 1 }, lit: { phase: 'teacher' } });
    });
    pause();
    pause();
    expect(view().status).toBe('pausing');
    expect(named('distillPause')).toHaveLength(1);
    resolve(later(1));
    await going;
    expect(view().status).toBe('paused');
    expect(runs).toHaveLength(1);
  });

  it('goes on slowly once that is wished, and at full speed again', async () => {
    const going = run('end');
    const first = await asked(1);
    setSlow(true);
    first.resolve(later(1));
    const second = await asked(2);
    expect(second.options).toEqual({ until: 'end', phases: true, slow: 1200 });
    setSlow(false);
    second.resolve(later(2));
    const third = await asked(3);
    expect(third.options).toEqual({ until: 'end' });
    third.resolve(later(8, { finished: true }));
    await going;
  });

  it('follows the last updates of a round', async () => {
    useDistill.setState({ state: ofRounds(4) });
    const going = run('end');
    const first = await asked(1);
    expect(first.options).toEqual({ until: 'end' });
    first.hooks.onDistill!({ kind: 'update', report: madeUpdate(1, { milliseconds: 200 }) });
    expect(named('distillPause')).toHaveLength(0);
    // At 200 ms an update, the last two.
    first.hooks.onDistill!({ kind: 'update', report: madeUpdate(2, { milliseconds: 200 }) });
    first.hooks.onDistill!({ kind: 'update', report: madeUpdate(3, { milliseconds: 200 }) });
    expect(named('distillPause')).toHaveLength(1);
    first.resolve(ofRounds(4, later(3)));
    const last = await asked(2);
    expect(last.options).toEqual({ until: 'round', phases: true });
    const done = ofRounds(4, later(4));
    last.resolve({
      ...done,
      rounds: done.rounds.map((one, i) => (i === 0 ? { ...one, model: 'round-1' } : one)),
    });
    const rest = await asked(3);
    expect(rest.options).toEqual({ until: 'end' });
    pause();
    rest.resolve(later(6, { round: 2 }));
    await going;
  });

  it('stops where it was asked to, though it was to go on otherwise', async () => {
    const going = run('round');
    const { resolve } = await asked(1);
    setSlow(true);
    const done = later(4, { round: 2 });
    resolve({ ...done, rounds: done.rounds.map((one, i) => (i === 0 ? { ...one, model: 'round-1' } : one)) });
    await going;
    expect(runs).toHaveLength(1);
  });

  it('looks at one update every few seconds at full speed, and goes on', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const going = run('end');
    const first = await asked(1);
    clock.mockReturnValue(10_000);
    const updates = Array.from({ length: 12 }, (_, i) => madeUpdate(i + 1));
    for (const report of updates.slice(0, 9)) first.hooks.onDistill!({ kind: 'update', report });
    expect(named('distillPause')).toHaveLength(0);
    for (const report of updates.slice(9)) first.hooks.onDistill!({ kind: 'update', report });
    expect(named('distillPause')).toHaveLength(1);
    first.resolve(later(12));
    const look = await asked(2);
    expect(look.options).toEqual({ until: 'update', phases: true });
    look.resolve(later(13));
    const rest = await asked(3);
    expect(rest.options).toEqual({ until: 'end' });
    rest.resolve(later(20, { finished: true }));
    await going;
    clock.mockRestore();
  });

  it('takes up the last save where the device is lost, once', async () => {
    const going = run('end');
    const lost = new UnmaskError('device-lost', 'The GPU was lost.');
    (await asked(1)).reject(lost);
    const again = await asked(2);
    expect(named('distillOpen').at(-1)).toEqual({ resume: 'run-1' });
    expect(view()).toMatchObject({ status: 'running', note: expect.stringContaining('last save') as string });
    again.reject(lost);
    await going;
    expect(view()).toMatchObject({ status: 'paused', failure: { code: 'device-lost' } });
    expect(runs).toHaveLength(2);
  });

  it('cannot take up what was never saved', async () => {
    const { savedAt: _, ...unsaved } = madeState();
    useDistill.setState({ state: unsaved });
    const going = run('end');
    (await asked(1)).reject(new UnmaskError('device-lost', 'The GPU was lost.'));
    await going;
    expect(named('distillOpen')).toHaveLength(1);
    expect(view().failure?.code).toBe('device-lost');
  });

  it('waits for the floor, and goes on', async () => {
    answers['distillFloor'] = madeFloor({ draws: 16 });
    void run('end');
    const { resolve } = await asked(1);
    const measuring = measureFloor();
    expect(named('distillFloor')).toEqual([]);
    resolve(later(1));
    await measuring;
    expect(named('distillFloor')).toEqual([{ draws: 16 }]);
    expect(view().state?.rounds[0].floor?.floor).toBe(0.1);
    (await asked(2)).resolve(later(8, { finished: true }));
  });
});

describe('comparing', () => {
  const finished = (): DistillState => {
    const base = later(4, { round: 2 });
    return {
      ...base,
      rounds: base.rounds.map((one, i) => (i === 0 ? { ...one, model: 'round-1', updates: 4 } : one)),
    };
  };
  beforeEach(async () => {
    answers['sample'] = {
      text: [' a text'],
      tokens: [
        [0, 1],
        [0, 2],
      ],
    };
    answers['distillStudent'] = 'now';
    await open({ teacher: 'teacher' });
  });

  it('writes the same with the teacher and the student as it is', async () => {
    useComparison.setState({ prompt: 'Once', seed: 7 });
    await compareTexts();
    expect(named('sample')).toHaveLength(8);
    expect(named('sample').slice(0, 2)).toEqual([
      { model: 'teacher', steps: 1, seed: 7, length: 5, prompt: 'Once' },
      { model: 'now', steps: 1, seed: 7, length: 5, prompt: 'Once' },
    ]);
    expect(useComparison.getState()).toMatchObject({
      ...{ status: 'idle', texts: { now: { 1: 'a text', 8: 'a text' } }, failure: undefined },
    });
  });

  it('takes the model of the last round where nothing was learned since, and by itself only once', async () => {
    useDistill.setState({ state: finished() });
    await compareFinished();
    expect(named('distillStudent')).toEqual([]);
    expect(useComparison.getState().columns.map(({ title }) => title)).toEqual(['Teacher', 'Round 1']);
    await compareFinished();
    expect(named('sample')).toHaveLength(8);
  });

  it('measures the teacher and every round, judged by a causal model of their vocabulary', async () => {
    answers['score'] = { nll: Float32Array.of(1, 3), perplexity: Math.exp(2), entropy: 3 };
    useDistill.setState({ state: finished() });
    await compareQuality();
    expect(named('score')[0]).toEqual({
      model: 'causal',
      tokens: [
        [0, 1],
        [0, 2],
      ],
    });
    const { quality, judge } = useComparison.getState();
    expect(judge).toBe('causal');
    expect(quality['round-1'].map(({ steps }) => steps)).toEqual([1, 2, 4, 8]);
    const { mean, low, high } = quality['teacher'][0].perplexity;
    // Standard error of 1 and 3: 1; the interval is two of them to either side of their mean, in logarithms.
    expect([mean, low, high].map((value) => Math.log(value!))).toEqual(
      [2, 0, 4].map((value) => expect.closeTo(value) as number),
    );
  });

  it('judges nothing where nobody can', async () => {
    useEngine.setState({ models: models.slice(0, 2) });
    await compareQuality();
    expect(named('sample')).toEqual([]);
  });

  it('tells what went wrong', async () => {
    answers['sample'] = new UnmaskError('argument', 'The prompt is too long.');
    await compareTexts();
    expect(useComparison.getState()).toMatchObject({
      status: 'idle',
      failure: { message: 'The prompt is too long.' },
    });
  });

  it('races the student of a round against the one that it learned from', () => {
    const state = finished();
    raceRound(state, state.rounds[0]);
    expect(useRace.getState().settings).toMatchObject({
      lanes: [
        { model: 'round-1', steps: 4 },
        { model: 'teacher', steps: 8 },
      ],
      slots: 4,
    });
    expect(useView.getState().view).toBe('race');
  });
});

describe('texts of files', () => {
  const file = (name: string, content: string) => new File([content], name);
  it('are taken whole or not at all', async () => {
    answers.readTexts = ['one', 'two'];
    expect(await takeTexts([file('a.txt', ''), file('b.jsonl', '')])).toBeUndefined();
    expect(named('readTexts')).toMatchObject([{ name: 'a.txt' }, { name: 'b.jsonl' }]);
    const texts = ['one', 'two', 'one', 'two'];
    expect(view().form).toMatchObject({ source: 'own', file: { name: '2 files', texts } });
    answers.readTexts = new UnmaskError('argument', 'c.txt is UTF-16: save it as UTF-8.');
    expect((await takeTexts([file('c.txt', '')]))?.message).toContain('UTF-16');
    expect((await takeTexts([file('d.pdf', '')]))?.message).toContain('neither .txt nor .jsonl');
    expect(view().form.file?.texts).toEqual(texts);
  });
});

it('a shorter ladder has fewer rounds', () => {
  setForm({ rounds: '5' });
  setLadder({ m: 4 });
  expect(view().form).toMatchObject({ m: 4, rounds: '2' });
});
