import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UnmaskError, type CallHooks } from '../../worker/client.ts';
import { RELEASED } from '../../worker/checkpoints/released.ts';
import { madeModel, madePreflight, madeStore, madeStored, SDTT } from '../models/testing.ts';

/** One call, and how the test ends it where it is not answered at once. */
interface Asked {
  name: string;
  options: unknown;
  hooks: CallHooks;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}
const calls: Asked[] = [];
/** Answers at once; an error is thrown. Calls without one wait for the test. */
let answers: Record<string, unknown> = {};
const engine = {
  call: vi.fn(
    (name: string, options: unknown, hooks: CallHooks = {}) =>
      new Promise((resolve, reject) => {
        calls.push({ name, options, hooks, resolve, reject });
        hooks.signal?.addEventListener('abort', () => {
          reject(new UnmaskError('aborted', 'It was cancelled.'));
        });
        if (!(name in answers)) return;
        const answer = answers[name];
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }),
  ),
};
vi.mock('../engine.ts', () => ({ engine }));
// Frames of the screen, a page that is in sight, and what it may keep.
vi.stubGlobal('document', { hidden: false });
vi.stubGlobal('location', { origin: 'http://localhost' });
vi.stubGlobal('requestAnimationFrame', (next: () => void) => setTimeout(next));
const persist = vi.fn(() => Promise.resolve(true));
vi.stubGlobal('navigator', { storage: { persist } });

const { chooseReleased, chooseTyped, retryPreflight, setFamily, setKeep, setSource } =
  await import('./hub-choose.ts');
const { discardDownload, discardPartial, fetchModel, resumePartial, stopDownload } =
  await import('./hub-download.ts');
const { listStore, lookElsewhere, removeFromStore, verifyModel } = await import('./model-store.ts');
const { distillFrom, raceModel, watchModel } = await import('./use-model.ts');
const { downloadKey, initialModelsState, useModels } = await import('../stores/models.ts');
const { learnReleased, sameWords } = await import('./same-words.ts');
const { initialEngineState, useEngine } = await import('../stores/engine.ts');
const { initialDistillState, useDistill } = await import('../stores/distill.ts');
const { firstRace, useRace, withSettings } = await import('../stores/race.ts');
const { useView } = await import('../stores/view.ts');
const { useWatch } = await import('../stores/watch.ts');

const view = () => useModels.getState();
const named = (name: string): Asked[] => calls.filter((one) => one.name === name);
const asked = (name: string, count = 1): Promise<Asked> =>
  vi.waitFor(() => {
    expect(named(name)).toHaveLength(count);
    return named(name)[count - 1];
  });
const round = (id: string, of: number) =>
  RELEASED.find((group) => group.id === id)!.models.find((one) => one.round === of)!;

beforeEach(() => {
  calls.length = 0;
  answers = { models: [madeModel('x')], storeState: madeStore(), preflight: madePreflight() };
  useModels.setState(initialModelsState, true);
  useEngine.setState(initialEngineState, true);
  useDistill.setState(initialDistillState, true);
});

describe('choosing', () => {
  it('asks for the choice that stays, once', async () => {
    for (const of of [1, 2, 3]) chooseReleased(round('baselines-kld', of));
    expect(view().preflight.state).toBe('running');
    await vi.waitFor(() => {
      expect(view().preflight).toMatchObject({ state: 'done' });
    });
    expect(named('preflight').map(({ options }) => options)).toEqual([
      { repo: SDTT.repo, revision: 'baselines_kld_step_30000' },
    ]);
  });

  it('an answer for an earlier choice is not taken for the later one', async () => {
    delete answers.preflight;
    setSource({ repo: 'a/first' });
    chooseTyped();
    const first = await asked('preflight');
    // Giving up the first is no end of what is asked next, nor of the wait before it.
    chooseReleased(round('baselines-kld', 1));
    await new Promise((next) => setTimeout(next));
    expect(view().preflight.state).toBe('running');
    setSource({ repo: 'a/second' });
    chooseTyped();
    const second = await asked('preflight', 2);
    expect(first.hooks.signal?.aborted).toBe(true);
    second.resolve(madePreflight({ name: 'second' }));
    first.resolve(madePreflight({ name: 'first' }));
    await vi.waitFor(() => {
      expect(view().preflight).toMatchObject({ state: 'done', result: { name: 'second' } });
    });
  });

  it('another loss keeps the round that is chosen; another group leaves the choice alone', () => {
    chooseReleased(round('baselines-kld', 4));
    setFamily('rounds', 'baselines-tvd');
    expect(view().chosen?.revision).toBe('baselines_tvd_step_40000');
    setFamily('sizes', 'scaling-large');
    expect(view()).toMatchObject({
      chosen: { revision: 'baselines_tvd_step_40000' },
      family: { rounds: 'baselines-tvd', sizes: 'scaling-large' },
    });
  });

  it('how it is kept is chosen anew for each model', () => {
    chooseReleased(round('baselines-kld', 4));
    setKeep('file');
    chooseReleased(round('baselines-kld', 4));
    expect(view().keep).toBe('file');
    chooseReleased(round('baselines-kld', 5));
    expect(view().keep).toBeUndefined();
  });

  it('takes the host that is typed; one that cannot be asked is named, and asked once it can be', async () => {
    setSource({ endpoint: 'https://M.example/' });
    chooseReleased(round('baselines-kld', 7));
    expect(view().chosen).toEqual({ ...SDTT, endpoint: 'https://m.example' });
    setSource({ endpoint: 'm.example' });
    chooseReleased(round('baselines-kld', 7));
    const { preflight } = view();
    expect(preflight.state === 'failed' && preflight.failure.message).toMatch(/mirror.*https/);
    expect(chooseTyped()).toBe(false);
    setSource({ endpoint: 'https://b.example' });
    retryPreflight();
    await asked('preflight');
    expect(named('preflight').map(({ options }) => options)).toEqual([
      { ...SDTT, endpoint: 'https://b.example' },
    ]);
  });

  it('asks again for a typed repository where the form says it lies now', async () => {
    setSource({ repo: 'a/b', endpoint: 'https://m.example' });
    chooseTyped();
    await asked('preflight');
    setSource({ endpoint: 'https://b.example' });
    retryPreflight();
    expect((await asked('preflight', 2)).options).toEqual({ repo: 'a/b', endpoint: 'https://b.example' });
  });
});

describe('downloads', () => {
  const kept = { source: SDTT, keep: 'f16' as const };
  const key = downloadKey(kept);
  const progress = (one: Asked, loaded: number): void => {
    one.hooks.onProgress?.({ model: 'x', stage: 'fetch', loaded, total: 100 });
  };

  it('come to their end in the list of models, and ask for room that lasts', async () => {
    await listStore();
    const going = fetchModel(SDTT, { keep: 'f16', storage: 'f32' });
    const one = await asked('fetchModel');
    expect(one.options).toEqual({ ...SDTT, keep: 'f16', storage: 'f32' });
    progress(one, 40);
    await vi.waitFor(() => {
      expect(view().downloads).toMatchObject([{ key, state: 'running', loaded: 40, total: 100 }]);
    });
    answers.storeState = madeStore({ models: [madeStored('x')] });
    one.resolve(madeModel('x'));
    await going;
    expect(view().downloads).toMatchObject([{ state: 'done', loaded: 100, model: { id: 'x' } }]);
    expect(view().store?.models).toHaveLength(1);
    expect(useEngine.getState().models.map(({ id }) => id)).toEqual(['x']);
    expect(persist).toHaveBeenCalledTimes(1);
    // Not again: the browser has said what it says.
    answers.fetchModel = madeModel('x');
    await fetchModel({ repo: 'a/b' }, { keep: 'f16' });
    expect(persist).toHaveBeenCalledTimes(1);
  });

  it('one that broke off earlier goes by its commit, kept as it was', async () => {
    const { source } = madeStored('x');
    answers.storeRemove = madeStore();
    await discardPartial({ source: source!, keep: 'file', loaded: 1, total: 2, at: 0, busy: false });
    expect(named('storeRemove').map(({ options }) => options)).toEqual([
      { source: { repo: SDTT.repo, revision: 'c0ffee', endpoint: 'https://huggingface.co' }, keep: 'file' },
    ]);
  });

  it('one of a source runs at a time; others beside it', async () => {
    void fetchModel(SDTT, { keep: 'f16' });
    void fetchModel({ ...SDTT, endpoint: 'https://huggingface.co/' }, { keep: 'file' });
    void fetchModel({ repo: 'a/b' }, { keep: 'file' });
    await asked('fetchModel', 2);
    for (const one of view().downloads) stopDownload(one.key);
    await vi.waitFor(() => {
      expect(view().downloads.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    });
  });

  it('stop where they are, fail with their sentence, and go on from there', async () => {
    const stopped = fetchModel(SDTT, { keep: 'f16' });
    progress(await asked('fetchModel'), 40);
    await vi.waitFor(() => {
      expect(view().downloads[0].loaded).toBe(40);
    });
    stopDownload(key);
    await stopped;
    expect(view().downloads).toMatchObject([{ state: 'stopped', loaded: 40 }]);
    answers.fetchModel = new UnmaskError('network', 'The host is gone.');
    const { source } = madeStored('x');
    const rest = { loaded: 40, total: 100, at: 0, busy: false };
    await resumePartial({ source: source!, keep: 'f16', storage: 'f16', ...rest });
    const failure = { code: 'network', message: 'The host is gone.' };
    expect(view().downloads).toMatchObject([{ key, state: 'failed', loaded: 40, failure }]);
    // Its commit is the store's business: the revision is asked for.
    expect(named('fetchModel')[1].options).toEqual({
      ...{ ...SDTT, endpoint: 'https://huggingface.co', keep: 'f16', storage: 'f16' },
    });
  });

  it('the preflight is asked again when what is here has changed', async () => {
    chooseReleased(round('baselines-kld', 7));
    await asked('preflight');
    answers.fetchModel = madeModel('x');
    await fetchModel({ repo: 'a/b' }, { keep: 'f16' });
    expect(named('preflight')).toHaveLength(1);
    await fetchModel(SDTT, { keep: 'f16' });
    expect(named('preflight')).toHaveLength(2);
  });

  it('are discarded from the store and from the page; what cannot be stays', async () => {
    answers.fetchModel = new UnmaskError('network', 'The host is gone.');
    await fetchModel(SDTT, { keep: 'f16' });
    // It failed before its first byte: the store has nothing of it.
    await discardDownload(kept);
    expect([view().downloads, named('storeRemove')]).toEqual([[], []]);
    const { source } = madeStored('x');
    const partial = { source: source!, keep: 'f16' as const, loaded: 1, total: 2, at: 0, busy: false };
    answers.storeState = madeStore({ partial: [partial] });
    await fetchModel(SDTT, { keep: 'f16' });
    answers.storeRemove = new UnmaskError('storage', 'Another tab is at it.');
    await discardDownload(kept);
    expect(view()).toMatchObject({ downloads: [{ key }], failure: { message: 'Another tab is at it.' } });
    answers.storeRemove = madeStore();
    await discardDownload(kept);
    expect(named('storeRemove').at(-1)?.options).toEqual(kept);
    expect(view()).toMatchObject({ downloads: [], failure: undefined });
  });
});

describe('the store', () => {
  it('keeps what a look at every byte said, until the model is gone', async () => {
    answers.storeVerify = { whole: false, problem: 'It is damaged.' };
    await verifyModel('x');
    expect(view().verified.x).toMatchObject({ state: 'done', result: { whole: false } });
    answers.storeRemove = madeStore();
    useModels.setState({ open: 'x' });
    expect(await removeFromStore({ model: 'x' })).toBe(true);
    expect(view()).toMatchObject({ verified: {}, open: undefined, store: { models: [] } });
  });

  it('what is deleted is no longer said to be here', async () => {
    answers.fetchModel = madeModel('x');
    answers.storeState = madeStore({ models: [madeStored('x')] });
    chooseReleased(round('baselines-kld', 7));
    await fetchModel(SDTT, { keep: 'f16' });
    expect(view().downloads).toMatchObject([{ state: 'done' }]);
    const before = named('preflight').length;
    answers.storeRemove = madeStore();
    await removeFromStore({ model: 'x' });
    expect(view().downloads).toEqual([]);
    await asked('preflight', before + 1);
  });

  it('a view that was set to what is gone goes back to the model that the page opens with', async () => {
    const bundled = madeModel('student', { origin: 'bundled', length: 128 });
    useEngine.setState({ models: [bundled, madeModel('x')] });
    watchModel(madeModel('x'));
    answers.storeRemove = madeStore();
    answers.models = [bundled, madeModel('x')];
    await removeFromStore({ model: 'y' });
    expect(useWatch.getState().settings.model).toBe('x');
    answers.models = [bundled];
    await removeFromStore({ model: 'x' });
    expect(useWatch.getState().settings).toMatchObject({ model: 'student', slots: 32 });
  });

  it('lanes of a race that were set to what is gone are those of the bundled student, or the first race', async () => {
    const bundled = madeModel('student', { origin: 'bundled', length: 128 });
    const [x, y] = [madeModel('x'), madeModel('y')];
    const lane = (model: string, steps: number) => ({ model, sampler: 'ancestral' as const, steps });
    const lanes = [lane('x', 4), lane('y', 8)];
    useEngine.setState({ models: [bundled, x, y] });
    useRace.setState((race) => withSettings(race, { lanes, slots: 512 }));
    answers.storeRemove = madeStore();
    answers.models = [bundled, x, y];
    await removeFromStore({ model: 'z' });
    expect(useRace.getState().settings).toMatchObject({ lanes, slots: 512 });
    answers.models = [bundled, y];
    await removeFromStore({ model: 'x' });
    expect(useRace.getState().settings).toMatchObject({
      ...{ lanes: [lane('student', 4), lane('y', 8)], slots: 127 },
    });
    useRace.setState((race) => withSettings(race, { lanes }));
    answers.models = [bundled];
    await removeFromStore({ all: true });
    const { lanes: first, slots } = firstRace;
    expect(useRace.getState().settings).toMatchObject({ lanes: first, slots });
  });

  it('lists what is left where not all could be deleted', async () => {
    answers.storeRemove = madeStore({ models: [madeStored('y')], notRemoved: ['Y is in use.', 'So is Z.'] });
    expect(await removeFromStore({ all: true })).toBe(false);
    expect(view()).toMatchObject({
      ...{ store: { models: [{ model: 'y' }] }, failure: { message: 'Y is in use. So is Z.' } },
    });
    answers.storeRemove = new UnmaskError('storage', 'It broke.');
    await removeFromStore({ all: true });
    expect(view()).toMatchObject({ store: { models: [] }, failure: { message: 'It broke.' } });
  });

  it('asks anew what it takes once another tab has done with it', async () => {
    chooseReleased(round('baselines-kld', 7));
    await asked('preflight');
    const { source } = madeStored('x');
    const partial = { source: source!, keep: 'f16' as const, loaded: 1, total: 2, at: 0, busy: true };
    answers.storeState = madeStore({ partial: [partial] });
    await lookElsewhere();
    expect(named('preflight')).toHaveLength(1);
    answers.storeState = madeStore({ models: [madeStored('x')] });
    await lookElsewhere();
    expect(named('preflight')).toHaveLength(2);
  });

  it('says why it could not be asked', async () => {
    answers.storeState = new UnmaskError('storage', 'There is none here.');
    await listStore();
    expect(view()).toMatchObject({ store: undefined, failure: { message: 'There is none here.' } });
  });
});

describe('using a model', () => {
  const { repo, revision } = round('baselines-kld', 7);
  const student = madeModel('s', { hub: { repo, revision } });
  const { nativeSteps: _, ...teacher } = madeModel('t', { kind: 'teacher', origin: 'distilled' });
  const small = madeModel('small', { kind: 'teacher', vocabulary: 9, length: 8 });

  it('writes in the steps that it is for, in slots that it has', () => {
    useEngine.setState({ models: [teacher, student, small] });
    watchModel(student);
    expect(useView.getState().view).toBe('watch');
    expect(useWatch.getState().settings).toMatchObject({ model: 's', steps: 8, slots: 32 });
    watchModel(small);
    expect(useWatch.getState().settings).toMatchObject({ model: 'small', slots: 7 });
  });

  it('races models of its own vocabulary, or itself', async () => {
    await learnReleased([student]);
    useEngine.setState({ models: [student, small, teacher] });
    const lanes = () => useRace.getState().settings.lanes.map(({ model, steps }) => [model, steps]);
    raceModel(student);
    expect(lanes()).toEqual([
      ['s', 8],
      ['t', 32],
    ]);
    raceModel(small);
    expect(lanes().map(([model]) => model)).toEqual(['small', 'small']);
    expect(new Set(lanes().map(([, steps]) => steps)).size).toBe(2);
  });

  it('takes models for one tokenizer by their words where it knows those, never by size alone', async () => {
    await learnReleased([student]);
    const other = madeModel('o', { hub: { repo: 'a/b', revision } });
    expect([sameWords(student, teacher), sameWords(student, other), sameWords(other, other)]).toEqual([
      ...[true, false, true],
    ]);
    const vocabulary = (word: string) => ({ pieces: { 0: 'a', 1: word }, maskId: 2 });
    const vocabularies = { s: vocabulary('b'), t: vocabulary('c'), o: vocabulary('b') };
    useEngine.setState({ vocabularies });
    expect([sameWords(student, teacher), sameWords(student, other)]).toEqual([false, true]);
    // Without a tokenizer, ids are all that there is.
    useEngine.setState({ vocabularies: { s: { maskId: 2 }, o: { maskId: 2 } } });
    expect(sameWords(student, other)).toBe(false);
  });

  it('teaches the next distillation, not the one that is open', () => {
    useEngine.setState({ models: [teacher, student] });
    distillFrom(teacher);
    expect(useDistill.getState().form.teacher).toBe('t');
    useDistill.setState({ status: 'opening' });
    distillFrom(student);
    expect(useDistill.getState().form.teacher).toBe('t');
    expect(useView.getState().view).toBe('distill');
  });
});
