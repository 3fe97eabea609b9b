import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { DistillState } from '../../worker/distill/result.ts';
import { UnmaskError } from '../../worker/client.ts';
import { madeFloor, madeState, madeUpdate, phases } from '../distill/testing.ts';
import { useDistill } from '../stores/distill.ts';
import { forget, showElsewhere } from './distill-elsewhere.ts';
import { open } from './distill-open.ts';
import { measureFloor } from './distill-rounds.ts';
import { pause, run, setSlow } from './distill-run.ts';
import {
  answers,
  asked,
  engine,
  later,
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
    hooks.onDistill!({ kind: 'drawing', done: 1, total: 16 });
    pause();
    pause();
    expect(view().status).toBe('pausing');
    expect(named('distillPause')).toHaveLength(1);
    resolve(later(1));
    await going;
    expect(view()).toMatchObject({ status: 'paused', drawing: undefined });
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
    last.resolve(withStudent(done));
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
    resolve(withStudent(done));
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

  it('does not go into the next round where it was at the end of one as it was paused', async () => {
    answers['distillFloor'] = madeFloor();
    void run('round');
    const { resolve } = await asked(1);
    const measuring = measureFloor();
    resolve(withStudent(later(4)));
    await measuring;
    expect(view().status).toBe('paused');
    expect(runs).toHaveLength(1);
    // From there on a round is the next one.
    void run('round');
    (await asked(2)).resolve(withStudent(later(6, { round: 2 })));
    await vi.waitFor(() => {
      expect(view().status).toBe('paused');
    });
    void run('round');
    const { resolve: pauseSecond } = await asked(3);
    const again = measureFloor();
    pauseSecond(withStudent(later(7, { round: 2 })));
    await again;
    await asked(4);
  });
});

describe('a run of somebody else', () => {
  /** As the console does: opened, and run to its end. */
  const elsewhere = (opened = ofRounds(40)) =>
    showElsewhere(
      opened,
      (onDistill) => engine.call('distillRun', { until: 'end' }, { onDistill }) as Promise<DistillState>,
    );

  it('is shown as it runs, from wherever the view was before', async () => {
    const going = elsewhere();
    const { hooks, resolve } = await asked(1);
    expect(view()).toMatchObject({ status: 'running', state: { run: 'run-1', updates: 0 } });
    hooks.onDistill!({ kind: 'update', report: madeUpdate(1) });
    await vi.waitFor(() => {
      expect(view().state?.history).toHaveLength(1);
    });
    // Its pace is not the view's to change, and nothing else is started.
    setSlow(true);
    await run('end');
    expect(named('distillPause')).toHaveLength(0);
    const done = later(8, { finished: true });
    resolve(done);
    expect(await going).toBe(done);
    expect(view()).toMatchObject({ status: 'paused', state: { finished: true } });
    expect(runs).toHaveLength(1);
  });

  it('can be paused, and then is the view’s own', async () => {
    // A pause before is none of this run.
    await open({ teacher: 'teacher' });
    const own = run('end');
    const first = await asked(1);
    pause();
    first.resolve(later(1));
    await own;
    const going = elsewhere();
    const second = await asked(2);
    pause();
    expect(view().status).toBe('pausing');
    expect(named('distillPause')).toHaveLength(2);
    second.resolve(later(2));
    await going;
    expect(view().status).toBe('paused');
    void run('end');
    (await asked(3)).resolve(later(8, { finished: true }));
  });

  it('that fails is paused, and that is given up is gone', async () => {
    const going = elsewhere();
    (await asked(1)).reject(new UnmaskError('device-lost', 'The GPU was lost.'));
    await expect(going).rejects.toThrow('lost');
    expect(view().status).toBe('paused');
    forget('another');
    expect(view().state).toBeDefined();
    forget('run-1');
    expect(view()).toMatchObject({ status: 'closed', state: undefined });
  });
});
