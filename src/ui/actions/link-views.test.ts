import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LinkState } from '../link/link.ts';
import type { LaneResult } from '../../worker/race/result.ts';
import type { CallHooks } from '../../worker/client.ts';
import type { ModelInfo, ReadyInfo } from '../../worker/protocol.ts';

/** What was asked of the engine. */
const calls: string[] = [];
let race: { hooks: CallHooks; done: () => void; fail: () => void } | undefined;
vi.mock('../engine.ts', () => ({
  engine: {
    call: (name: string, _options: unknown, hooks: CallHooks = {}) => {
      calls.push(name);
      if (name === 'vocabulary') return Promise.resolve({ maskId: 9, bos: 0 });
      if (name.startsWith('distill')) return Promise.resolve(undefined);
      return new Promise((resolve, reject) => {
        race = {
          hooks,
          done: () => {
            resolve([]);
          },
          fail: () => {
            reject(new Error('broke'));
          },
        };
      });
    },
  },
}));
vi.stubGlobal('history', { replaceState: () => undefined });
vi.stubGlobal('location', { hash: '', pathname: '/', search: '', origin: 'https://a.example' });

const { decodeLink, encodeLink, firstLinkState } = await import('../link/link.ts');
const { linkedViews, linkState, readAddress } = await import('./link.ts');
const { readViews } = await import('./link-views.ts');
const { enterDistill } = await import('./distill-open.ts');
const { enterRace } = await import('./link-race.ts');
const { runRace, stopRace } = await import('./run-race.ts');
const { setRaceSettings } = await import('./race-settings.ts');
const { initialDistillState, useDistill } = await import('../stores/distill.ts');
const { initialComparison, useComparison } = await import('../stores/comparison.ts');
const { setComparison } = await import('./distill-compare.ts');
const { initialEngineState, useEngine } = await import('../stores/engine.ts');
const { initialEvaluateState, useEvaluate } = await import('../stores/evaluate.ts');
const { initialPanels, usePanels } = await import('../stores/evaluate-panels.ts');
const { initialReport, useReport } = await import('../stores/evaluate-report.ts');
const { useLatency } = await import('../stores/latency.ts');
const { initialLessonState, useLesson } = await import('../stores/lesson.ts');
const { initialChoices, useChoices } = await import('../stores/lesson-widgets.ts');
const { initialModelsState, useModels } = await import('../stores/models.ts');
const { initialPageState, usePage } = await import('../stores/page.ts');
const { initialRaceState, useRace } = await import('../stores/race.ts');
const { useView } = await import('../stores/view.ts');

const model = (id: string, kind: ModelInfo['kind']): ModelInfo => ({
  ...{ id, kind, vocabulary: 10, length: 128, origin: 'bundled', title: id, bytes: 1 },
});
const models = [model('teacher', 'teacher'), model('student', 'student'), model('causal', 'causal')];
const ready: ReadyInfo = { backend: 'webgpu', adapter: 'a', software: false };

const spread = { median: 1, least: 1, most: 1, values: [1] };
function result(lane: number, token: number): LaneResult {
  const pass = { step: 1, t: 1, positions: [1], tokens: [token], probabilities: [1], entropies: [0] };
  return {
    ...{ lane, model: 'student', text: 'a', written: 1, forwardPasses: 1, tokensPerPass: 1 },
    trace: {
      ...{ version: 1, model: 'student', sampler: 'ancestral', steps: 4, forwardPasses: 1, seed: 1 },
      ...{ sample: 0, temperature: 1, topP: 1, maskId: 9, initial: [0, 9], trace: [pass] },
    },
    cost: { submits: 1, dispatches: 1, backend: 'webgpu', weights: 'f16' },
    ...{ milliseconds: spread, clock: 'wall', tokensPerSecond: 1, tokens: [] },
  };
}

/** Let the race that is asked for come to its end, every lane with one token. */
async function finish(tokens: readonly number[]): Promise<void> {
  await vi.waitFor(() => {
    expect(race).toBeDefined();
  });
  tokens.forEach((token, lane) => {
    race!.hooks.onLane!(result(lane, token));
  });
  race!.done();
  await vi.waitFor(() => {
    expect(useRace.getState().status).toBe('done');
  });
}

const open = (hash: string, pasted = false): void => {
  location.hash = hash;
  readAddress(pasted);
};
const saying = <K extends keyof LinkState>(part: K, changed: Partial<LinkState[K]>): LinkState => ({
  ...firstLinkState,
  [part]: { ...(firstLinkState[part] as object), ...(changed as object) },
});

beforeEach(async () => {
  stopRace();
  useView.setState({ view: 'watch' });
  open('');
  await linkedViews();
  calls.length = 0;
  race = undefined;
  useDistill.setState(initialDistillState, true);
  useComparison.setState(initialComparison, true);
  useEngine.setState({ ...initialEngineState, models, ready }, true);
  useEvaluate.setState(initialEvaluateState, true);
  usePanels.setState(initialPanels, true);
  useReport.setState(initialReport, true);
  useLatency.setState(useLatency.getInitialState(), true);
  useLesson.setState(initialLessonState, true);
  useModels.setState(initialModelsState, true);
  useChoices.setState(initialChoices, true);
  usePage.setState(initialPageState, true);
  useRace.setState(initialRaceState, true);
});

describe('the other views', () => {
  it('start as a link that says nothing has them', () => {
    const { race: usual, distill, evaluate, models: picker } = firstLinkState;
    expect(readViews(false)).toEqual({ race: usual, distill, evaluate, models: picker });
    expect(encodeLink(linkState())).toBe('');
  });

  it.each<LinkState>([
    saying('page', { controls: 'hidden', presenting: true, lesson: { open: 'cost', part: 2 } }),
    {
      ...saying('page', { lesson: { open: 'attention', part: 1 } }),
      ...{ figures: { ...firstLinkState.figures, layer: 1, reader: 5, pair: [2, 9], temperature: 0.7 } },
    },
    saying('race', { preset: 'pair', seed: 5, rule: 'pass', texts: 16, speed: 2 }),
    saying('race', { preset: 'budgets', of: 'teacher', focus: 1, run: true, text: '0123abcd' }),
    saying('race', {
      lanes: [{ model: 'student', steps: 2, sampler: 'confidence' }, { model: 'causal' }],
      slots: 8,
      prompt: 'a',
    }),
    saying('race', { shape: '863M', tokens: 1024 }),
    saying('distill', {
      teacher: 'student',
      rounds: 1,
      learningRate: 1e-7,
      m: 4,
      source: 'own',
      prompt: 'b',
      texts: 16,
    }),
    saying('evaluate', {
      models: ['causal'],
      steps: [2, 3],
      count: 8,
      judge: 'none',
      x: 'passes',
      mauveSteps: [7],
    }),
    saying('evaluate', {
      judgeRepo: 'a/b',
      judgeFile: 'c.onnx',
      wordEnding: 'nothing',
      reportItems: 9,
      boundLength: 8,
    }),
    saying('models', { tab: 'other', repo: 'a/b', revision: 'c' }),
    saying('models', { tab: 'sizes', sizes: 'scaling-md', repo: 'a/b' }),
  ])('take over %j, and their link is the same', (state) => {
    open(encodeLink(state));
    expect(linkState()).toEqual(state);
    expect(calls).toEqual([]);
  });

  it('stay as they are where a link says nothing of them, and forms of typed nonsense are left out', () => {
    open('#v=2&updates=7&evaluate-count=9');
    useDistill.setState(({ form }) => ({ form: { ...form, batch: 'many' } }));
    open('#v=1&steps=3');
    expect(encodeLink(linkState())).toBe('#v=2&steps=3&updates=7&evaluate-count=9');
  });

  it('are set where a link that is pasted opens them, and the others stay', () => {
    const filled = '#v=2&updates=7&evaluate-count=9&repo=a/b';
    for (const [view, left] of [
      ['distill', '#v=2&view=distill&evaluate-count=9&repo=a/b'],
      ['evaluate', '#v=2&view=evaluate&updates=7&repo=a/b'],
      ['models', '#v=2&view=models&updates=7&evaluate-count=9'],
    ] as const) {
      open(filled);
      open(`#v=1&view=${view}`, true);
      expect(encodeLink(linkState())).toBe(left);
    }
  });

  it('say nothing of what a CPU begins with, and begin with less only where nobody has chosen', async () => {
    useEngine.setState({ ready: { ...ready, software: true } });
    await enterDistill();
    expect(useDistill.getState().form.batch).toBe('4');
    expect(useComparison.getState().count).toBe(4);
    expect(encodeLink(linkState())).toBe('');
    useDistill.setState(initialDistillState, true);
    useComparison.setState(initialComparison, true);
    open('#v=2&updates=7');
    await enterDistill();
    expect(useDistill.getState().form.batch).toBe('32');
    expect(useComparison.getState().count).toBe(4);
    expect(encodeLink(linkState())).toBe('#v=2&updates=7');
    setComparison({ count: 32 });
    const chosen = '#v=2&updates=7&compare-texts=32';
    expect(encodeLink(linkState())).toBe(chosen);
    useComparison.setState(initialComparison, true);
    open(chosen);
    await enterDistill();
    expect(useComparison.getState().count).toBe(32);
    expect(encodeLink(linkState())).toBe(chosen);
  });

  it('keep the form of a distillation that is open', () => {
    const state = {} as NonNullable<typeof initialDistillState.state>;
    useDistill.setState({ state });
    open('#v=2&updates=7');
    expect(useDistill.getState().form.updates).toBe('300');
  });
});

describe('a race by a link', () => {
  const lanes = 'lanes=student.4,teacher.8';

  it('waits where the link was made of one that did not run', async () => {
    open(`#v=2&view=race&${lanes}`);
    await enterRace();
    expect(calls).toEqual([]);
    expect(useRace.getState()).toMatchObject({
      status: 'stopped',
      race: undefined,
      settings: { preset: 'own' },
    });
    expect(encodeLink(linkState())).toBe(`#v=2&view=race&${lanes}`);
  });

  it('runs where it was made of one that ran, whose link then says so with the hash of the lanes', async () => {
    open(`#v=2&view=race&${lanes}&run=true`);
    void enterRace();
    await finish([5, 6]);
    const link = encodeLink(linkState());
    expect(link).toMatch(/^#v=2&view=race&lanes=student\.4,teacher\.8&run=true&race-tokens=[0-9a-f]{8}$/);
    setRaceSettings({ slots: 8 });
    expect(encodeLink(linkState())).toBe(`#v=2&view=race&${lanes}&race-slots=8`);
  });

  it.each([
    [[5, 6], false],
    [[5, 7], true],
  ])('whose lanes write %j is told to differ: %j', async (tokens, told) => {
    open(`#v=2&view=race&${lanes}&run=true`);
    void enterRace();
    await finish([5, 6]);
    const link = encodeLink(linkState());
    useRace.setState(initialRaceState, true);
    race = undefined;
    open(link);
    await finish(tokens);
    expect(useRace.getState().notice?.includes('differs') ?? false).toBe(told);
    expect(useRace.getState().expected).toBeUndefined();
  });

  it('is not run again where it is there, and the notice goes with the next one', async () => {
    open(`#v=2&view=race&${lanes}&run=true`);
    void enterRace();
    await finish([5, 6]);
    const asked = calls.filter((name) => name === 'race').length;
    open(`#v=2&view=race&${lanes}&run=true&race-tokens=00000000`);
    await vi.waitFor(() => {
      expect(useRace.getState().notice).toMatch(/differs/);
    });
    expect(calls.filter((name) => name === 'race')).toHaveLength(asked);
    void runRace();
    expect(useRace.getState().notice).toBeUndefined();
  });

  it('that failed is asked for again by its link, and its failure goes with the next one', async () => {
    open(`#v=2&view=race&${lanes}&run=true`);
    void enterRace();
    await vi.waitFor(() => {
      expect(race).toBeDefined();
    });
    race!.fail();
    await vi.waitFor(() => {
      expect(useRace.getState().failure).toBeDefined();
    });
    expect(encodeLink(linkState())).toBe(`#v=2&view=race&${lanes}&run=true`);
    open('#v=2&view=race&lanes=student.2,teacher.2');
    await enterRace();
    expect(useRace.getState()).toMatchObject({ failure: undefined, status: 'stopped' });
  });

  it('is the usual one where a pasted link opens the view and says nothing of it', async () => {
    open(`#v=2&view=race&${lanes}`);
    await enterRace();
    expect(calls).toEqual([]);
    open('#v=1&view=race', true);
    await finish([5, 6, 7]);
    expect(useRace.getState().settings).toMatchObject({ preset: 'three', seed: 1729 });
    expect(encodeLink(linkState())).toMatch(/^#v=2&view=race&run=true&race-tokens=\w{8}$/);
  });

  it('that the models cannot run is another one, and that is said', async () => {
    useEngine.setState({ models: models.slice(0, 2) });
    open('#v=2&view=race&preset=students');
    await enterRace();
    expect(useRace.getState().settings.preset).toBe('pair');
    expect(useRace.getState().notice).toMatch(/cannot be run/);
  });
});

it('asks no hub for a model of a link', () => {
  open('#v=2&view=models&repo=a/b');
  expect(useModels.getState()).toMatchObject({ chosen: { repo: 'a/b' }, preflight: { state: 'idle' } });
  expect(calls).toEqual([]);
  expect(useLatency.getState().preflight.state).toBe('idle');
  expect(decodeLink(encodeLink(linkState()))).toEqual({ state: linkState() });
});
