import { beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../actions/run.ts';
import { initialDistillState, useDistill } from '../../stores/distill.ts';
import { useEngine } from '../../stores/engine.ts';
import { useLesson } from '../../stores/lesson.ts';
import { initialPageState, usePage } from '../../stores/page.ts';
import { firstSettings, initialWatchState, recordedRun, useWatch, withRun } from '../../stores/watch.ts';
import type { Settings } from '../../stores/watch.ts';
import { recorded } from '../../watch/recorded.ts';
import { showPart } from './distill.ts';
import { inSight } from './doing.ts';
import { colour, go, look, runWith } from './watch.ts';

vi.mock('../../engine.ts', () => ({ engine: {} }));

/** A run of these settings is whole on the canvas. */
function written(settings: Settings): void {
  const { trace, vocabulary } = recorded;
  useWatch.setState({
    ...withRun(recordedRun(trace, vocabulary, settings)),
    asked: settings,
    status: 'done',
  });
}

vi.mock('../../actions/run.ts', () => ({
  run: vi.fn(() => {
    written(useWatch.getState().settings);
  }),
}));

const pinned: Settings = { ...firstSettings, seed: 7, pins: { 11: 5 } };

beforeEach(() => {
  vi.mocked(run).mockClear();
  useWatch.setState({ ...initialWatchState, settings: pinned }, true);
  usePage.setState(initialPageState, true);
  useLesson.setState({ open: 'attention', part: 1 });
});

describe('words that speak of the run on the canvas', () => {
  it.each([
    ['go', go('start')],
    ['look', look(3)],
    ['colour', colour('entropy')],
  ])('%s: have one with the usual settings first, and keep the seed', async (_, { act }) => {
    written(pinned);
    await act();
    expect(run).toHaveBeenCalledOnce();
    expect(useWatch.getState().run?.settings).toEqual({ ...firstSettings, seed: 7 });
  });

  it('keep a run that another word asked for', async () => {
    written({ ...firstSettings, model: 'teacher', steps: 4, sampler: 'first-hitting' });
    await go('start').act();
    await look(3).act();
    await colour('step').act();
    expect(run).not.toHaveBeenCalled();
    expect(useWatch.getState()).toMatchObject({ slot: 2, colourBy: 'step' });
  });

  it('look into the first of the slots that came last in this run', async () => {
    written(firstSettings);
    const last = recorded.trace.trace.at(-1)!.positions;
    // The token that begins the text has no slot, and slots are counted from 1.
    expect(await look('last').act()).toContain(`Slot ${Math.min(...last)} `);
    expect(last).toContain(useWatch.getState().slot! + 1);
  });
});

it('colours end with the part that asked for them', async () => {
  const eight = runWith({ steps: 8 });
  await colour('step').act();
  await eight.act();
  expect(useWatch.getState().colourBy).toBe('step');
  useLesson.setState({ open: 'steps', part: 0 });
  await eight.act();
  expect(useWatch.getState().colourBy).toBe('none');
});

it('shows settings that a link has hidden, and says so, once', () => {
  usePage.setState({ controls: 'hidden' });
  expect(inSight('Filled in.')).toBe('Filled in. The settings are shown again.');
  expect(usePage.getState().controls).toBe('shown');
  expect(inSight('Filled in.')).toBe('Filled in.');
});

it('says that training needs WebGPU where that is why there is nothing to see', () => {
  useDistill.setState(initialDistillState, true);
  const ready = { backend: 'wasm', adapter: '' } as ReturnType<typeof useEngine.getState>['ready'];
  useEngine.setState({ ready });
  expect(JSON.stringify(showPart('loss').act())).toMatch(/failed.*Training needs WebGPU/);
});
