import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UnmaskError } from '../../worker/client.ts';
import { madeState } from '../distill/testing.ts';
import { useComparison } from '../stores/comparison.ts';
import { initialDistillState, useDistill } from '../stores/distill.ts';
import { begin, cancelOpening, discard, enterDistill, open, resume } from './distill-open.ts';
import { pause } from './distill-run.ts';
import { setForm, setLadder, takeTexts } from './distill-setup.ts';
import { answers, asked, later, named, reset, runs, stubPage, view } from './distill.testing.ts';

vi.mock('../engine.ts', async () => ({ engine: (await import('./distill.testing.ts')).engine }));
stubPage();

beforeEach(() => reset(pause));

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
