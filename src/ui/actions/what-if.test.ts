import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokensAfter } from '../../trace/trace.ts';

/** What the engine was asked for, and what it writes: the rest of the record, or a 7 in every masked slot. */
const asked: { from: { tokens: number[]; step: number }; seed: number }[] = [];
let refuse: string | undefined;
vi.mock('../engine.ts', () => ({
  engine: {
    call: (name: string, o: (typeof asked)[number]) => {
      if (name !== 'sample') return Promise.resolve(recorded.vocabulary);
      asked.push(o);
      if (refuse !== undefined) return Promise.reject(new Error(refuse));
      const { tokens, step } = o.from;
      const same = JSON.stringify(tokens) === JSON.stringify(tokensAfter(recorded.trace, 3));
      const positions = tokens.flatMap((token, i) => (token === recorded.trace.maskId ? [i] : []));
      const [tokens7, halves] = [7, 0.5].map((value) => positions.map(() => value));
      const all = {
        ...{ step: step + 1, t: 0.5, positions, tokens: tokens7 },
        ...{ probabilities: halves, entropies: halves },
      };
      const steps = same && o.seed === recorded.trace.seed ? recorded.trace.trace.slice(3) : [all];
      return Promise.resolve({
        ...{ forwardPasses: steps.length, dispatches: 1, submits: 1, milliseconds: 1, backend: 'webgpu' },
        ...{ weights: 'f16', traces: [{ steps }] },
      });
    },
  },
}));
vi.stubGlobal('location', { hash: '', pathname: '/', search: '' });

const { recorded } = await import('../watch/recorded.ts');
const { firstSettings, initialWatchState, recordedRun, useWatch, withRun } =
  await import('../stores/watch.ts');
const { branchOf, comparison, initialWhatIfState, useWhatIf } = await import('../stores/what-if.ts');
const { decodeLink, encodeLink } = await import('../link/link.ts');
const { linkState, readAddress } = await import('./link.ts');
const { readTraceFile, writeTraceFile } = await import('../../trace/file.ts');
const { traceFile } = await import('./save-trace.ts');
const { seekTo } = await import('./transport.ts');
const { changeSlot, discard, followWhatIf, goOn, leaveSlot, newDice, putIn, setDice, takeOver } =
  await import('./what-if.ts');

const steps = recorded.trace.trace.length;
const live = () => ({
  ...recordedRun(recorded.trace, recorded.vocabulary, firstSettings),
  origin: 'live' as const,
});
const whatIf = () => useWhatIf.getState().whatIf;
const written = () => whatIf()!.rest!.trace;
const textOf = (trace: typeof recorded.trace) => tokensAfter(trace, trace.trace.length);
/** A slot of the canvas in which a token came in the first step. */
const early = recorded.trace.trace[0].positions[0] - 1;

afterAll(followWhatIf());
beforeEach(() => {
  useWatch.setState(initialWatchState, true);
  useWhatIf.setState(initialWhatIfState, true);
  useWatch.setState({ ...withRun(live()), status: 'done' });
  asked.length = 0;
  refuse = undefined;
  seekTo(3);
});

describe('a what-if', () => {
  it('writes the text of the original where nothing is changed', async () => {
    await goOn();
    expect(asked[0]).toMatchObject({ seed: 29, from: { step: recorded.trace.trace[2].step } });
    expect(textOf(written())).toEqual(textOf(recorded.trace));
    const { run } = useWatch.getState();
    expect(comparison(branchOf(run!, whatIf()!))).toMatchObject({ changed: 0, different: new Set() });
  });

  it('collects changes at one step, and goes on from them', async () => {
    changeSlot(early, 'mask');
    putIn(early + 1, [5, 6]);
    leaveSlot(early + 2);
    expect(whatIf()).toMatchObject({ status: 'draft', changes: { [early]: 'mask', [early + 1]: 5 } });
    await goOn();
    const { tokens } = asked[0].from;
    expect(tokens.slice(early + 1, early + 3)).toEqual([recorded.trace.maskId, 5]);
    expect(whatIf()).toMatchObject({ status: 'done', position: 3 });
    // Another change makes it a draft again, at another step it begins anew.
    changeSlot(early, 9);
    expect(whatIf()).toMatchObject({ status: 'draft', changes: { [early]: 9, [early + 1]: 5 } });
    expect(whatIf()?.rest).toBeUndefined();
    seekTo(4);
    changeSlot(0, 9);
    expect(whatIf()).toMatchObject({ position: 4, changes: { 0: 9 } });
    leaveSlot(0);
    expect(whatIf()).toBeUndefined();
  });

  it('behind the last step writes what is masked again alone, in steps that the player gets', async () => {
    seekTo(Infinity);
    await goOn();
    expect(asked).toEqual([]);
    changeSlot(early, 'mask');
    await goOn();
    expect(asked[0].from.step).toBe(recorded.trace.steps - 1);
    expect(useWatch.getState().player).toMatchObject({
      total: steps + 1,
      available: steps + 1,
      position: steps,
    });
    seekTo(Infinity);
    discard();
    expect(useWatch.getState().player).toMatchObject({ total: steps, available: steps, position: steps });
  });

  it('draws anew with other dice, and as the original with its own', async () => {
    await goOn();
    newDice();
    await vi.waitFor(() => {
      expect(whatIf()?.status).toBe('done');
    });
    expect(asked[1].seed).not.toBe(29);
    expect(textOf(written())).not.toEqual(textOf(recorded.trace));
    setDice();
    await vi.waitFor(() => {
      expect(whatIf()?.status).toBe('done');
    });
    expect(asked[2].seed).toBe(29);
    expect(textOf(written())).toEqual(textOf(recorded.trace));
  });

  it('says what the engine refuses, and can be asked again', async () => {
    refuse = 'no';
    changeSlot(early, 4);
    await goOn();
    expect(whatIf()).toMatchObject({
      status: 'draft',
      failure: { message: expect.stringContaining('no') as string },
    });
    refuse = undefined;
    await goOn();
    expect(whatIf()).toMatchObject({ status: 'done' });
    expect(whatIf()?.failure).toBeUndefined();
  });

  it('goes with its run, but not when a record hands over to the same run', async () => {
    await goOn();
    const again = live();
    useWatch.setState({ run: again });
    expect(whatIf()).toMatchObject({ run: again.id, status: 'done' });
    useWatch.setState(withRun({ ...live(), settings: { ...firstSettings, seed: 1 } }));
    expect(whatIf()).toBeUndefined();
  });
});

describe('taken over', () => {
  it('it is the run on the canvas, and a trace that can be opened', async () => {
    changeSlot(early, 'mask');
    await goOn();
    const trace = written();
    seekTo(4);
    takeOver();
    const { run, player, status } = useWatch.getState();
    expect(whatIf()).toBeUndefined();
    expect(run).toMatchObject({ origin: 'live', traces: [trace] });
    expect([player.position, player.total, status]).toEqual([1, 1, 'done']);
    expect(trace.from).toBe(recorded.trace.trace[2].step);
    expect(readTraceFile(writeTraceFile(traceFile()!))).toHaveProperty('file.traces.0.from', trace.from);
  });

  it('its link shows it beside its original, once; after that none holds it', async () => {
    changeSlot(early, 'mask');
    await goOn();
    takeOver();
    seekTo(0);
    expect(linkState().watch).toMatchObject({
      position: 3,
      edit: { position: 3, changes: { [early]: 'mask' } },
    });
    expect(linkState().watch.text).toBeUndefined();
    putIn(early + 1, [4]);
    await goOn();
    takeOver();
    expect(encodeLink(linkState())).toBe('');
  });
});

describe('a link', () => {
  it('holds the changes, and goes on from them once its run is there', async () => {
    changeSlot(early, 'mask');
    changeSlot(early + 1, 5);
    await goOn();
    const hash = encodeLink(linkState());
    expect(hash).toContain(`edit=3:${early}.m,${early + 1}.5`);
    useWatch.setState({ ...initialWatchState, status: 'loading' }, true);
    discard();
    location.hash = hash;
    readAddress();
    // What still waits is in the address as well.
    expect(decodeLink(encodeLink(linkState()))).toHaveProperty('state.watch.edit.position', 3);
    expect(whatIf()).toBeUndefined();
    useWatch.setState({ ...withRun(live()), status: 'done' });
    await vi.waitFor(() => {
      expect(whatIf()).toMatchObject({ status: 'done', position: 3, changes: { [early]: 'mask' } });
    });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('is not granted to a run that was asked for otherwise meanwhile', async () => {
    location.hash = '#v=2&edit=3:1.m';
    useWatch.setState({ status: 'loading' });
    readAddress();
    useWatch.setState({ settings: { ...firstSettings, seed: 5 } });
    await Promise.resolve();
    useWatch.setState({ ...withRun(live()), status: 'done' });
    await Promise.resolve();
    expect([useWhatIf.getState().wish, whatIf()]).toEqual([undefined, undefined]);
  });
});
