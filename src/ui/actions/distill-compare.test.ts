import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DistillState } from '../../worker/distill/result.ts';
import { UnmaskError } from '../../worker/client.ts';
import { useComparison } from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { useRace } from '../stores/race.ts';
import { useView } from '../stores/view.ts';
import {
  cancelQuality,
  compareFinished,
  compareQuality,
  compareTexts,
  pauseQuality,
  setComparison,
} from './distill-compare.ts';
import { open } from './distill-open.ts';
import { raceRound } from './distill-rounds.ts';
import { pause, run, runElsewhere } from './distill-run.ts';
import {
  answers,
  asked,
  engine,
  later,
  models,
  named,
  ofRounds,
  reset,
  runs,
  stubPage,
  view,
  withStudent,
} from './distill.testing.ts';

vi.mock('../engine.ts', async () => ({ engine: (await import('./distill.testing.ts')).engine }));
stubPage();

beforeEach(() => reset(pause));

describe('comparing', () => {
  const finished = (): DistillState => withStudent(later(4, { round: 2 }));
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
    // Nobody can judge them.
    useEngine.setState({ models: models.slice(0, 2) });
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
    expect(quality['round-1']?.map(({ steps }) => steps)).toEqual([1, 2, 4, 8]);
    const { mean, low, high } = quality['teacher']![0].perplexity;
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

  describe('how good texts are', () => {
    const score = { nll: Float32Array.of(1, 3), perplexity: Math.exp(2), entropy: 3 };
    const texts = () => useComparison.getState();
    beforeEach(() => {
      answers['score'] = score;
    });
    /** How far it is: points of each model. */
    const points = (): number[] => Object.values(texts().quality).map((one) => one!.length);

    it('is measured by itself behind each round, and only what is not known', async () => {
      useDistill.setState({ state: finished() });
      await compareFinished();
      expect(points()).toEqual([4, 4]);
      expect(named('score')).toHaveLength(8);
      await compareFinished();
      expect(named('score')).toHaveLength(8);
      const next = finished();
      const both = next.rounds.map((one) => ({ ...one, updates: 4, model: `round-${one.round}` }));
      useDistill.setState({ state: { ...next, rounds: both, finished: true } });
      await compareFinished();
      expect(points()).toEqual([4, 4, 4]);
      expect(named('score')).toHaveLength(12);
      // Other texts are other points.
      setComparison({ count: 16 });
      await compareQuality();
      expect(named('score')).toHaveLength(24);
      expect(named('sample').at(-1)).toMatchObject({ model: 'round-2', count: 16, steps: 8 });
    });

    it('is measured while what runs waits, which goes on behind it', async () => {
      useDistill.setState({ state: ofRounds(40) });
      void run('end');
      const { hooks, resolve } = await asked(1);
      hooks.onDistill!({ kind: 'round', state: finished() });
      await vi.waitFor(() => {
        expect(view().state?.rounds[0].model).toBe('round-1');
      });
      const measuring = compareFinished();
      expect(named('score')).toHaveLength(0);
      expect(view().status).toBe('pausing');
      resolve(finished());
      await measuring;
      expect(points()).toEqual([4, 4]);
      (await asked(2)).resolve(later(8, { finished: true }));
    });

    it('does not disturb a round that ends by itself, or a run of somebody else', async () => {
      useDistill.setState({ state: finished() });
      void run('round');
      await asked(1);
      await compareFinished();
      expect([named('score').length, named('distillPause').length]).toEqual([0, 0]);
      runs[0].resolve({ ...finished(), finished: true });
      await vi.waitFor(() => {
        expect(view().status).toBe('paused');
      });
      const going = runElsewhere(() => engine.call('distillRun', {}) as Promise<DistillState>);
      await compareFinished();
      expect([named('score').length, named('distillPause').length]).toEqual([0, 0]);
      (await asked(2)).resolve(finished());
      await going;
    });

    it('is paused by hand and goes on by hand; what is cancelled begins again behind the next round', async () => {
      useDistill.setState({ state: finished() });
      await compareTexts();
      const stopAt = (count: number, stop: () => void): void => {
        Object.defineProperty(answers, 'score', {
          ...{ configurable: true, enumerable: true },
          get: () => {
            if (named('score').length === count) stop();
            return score;
          },
        });
      };
      stopAt(3, pauseQuality);
      await compareFinished();
      const after = points();
      expect(texts()).toMatchObject({ status: 'idle', held: true, failure: undefined });
      await compareFinished();
      expect(points()).toEqual(after);
      stopAt(6, cancelQuality);
      await compareQuality();
      expect(texts()).toMatchObject({ status: 'idle', held: false, cancelledAt: 1 });
      const left = named('score').length;
      await compareFinished();
      expect(named('score')).toHaveLength(left);
      expect(left).toBeLessThan(8);
      await compareQuality();
      expect(points()).toEqual([4, 4]);
    });
  });
});
