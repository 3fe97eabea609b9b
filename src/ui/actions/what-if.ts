/** Another end of the run on the canvas: changes at a recorded step, what the model writes from there on, and what then. */
import { branchOf, useWhatIf, whatIfOf, type WhatIf } from '../stores/what-if.ts';
import {
  changedMoment,
  restPosition,
  stepsBeyond,
  type Change,
  type Changes,
  type Edit,
} from '../../trace/branch.ts';
import type { Trace } from '../../trace/trace.ts';
import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { useEngine, type EngineState } from '../stores/engine.ts';
import { sameSettings, takenRun, useWatch, withRun, type Run, type WatchState } from '../stores/watch.ts';
import { toFailure } from './failure.ts';
import { whyNoCandidates } from './open-trace.ts';
import { leaveRun, vocabularyOf } from './run.ts';

let current: AbortController | undefined;

/** Whether the model of a run can go on from a moment of it. */
export const canGoOn = (run: Run | undefined, state: EngineState): boolean =>
  run !== undefined &&
  (run.origin === 'imported' ? whyNoCandidates(run, state) === undefined : state.failure === undefined);

/** The what-if of the text on the canvas, with both. */
export function shownWhatIf(): { run: Run; whatIf: WhatIf } | undefined {
  const { run, sample } = useWatch.getState();
  const whatIf = whatIfOf(useWhatIf.getState().whatIf, run, sample);
  return run && whatIf ? { run, whatIf } : undefined;
}

const setWhatIf = (whatIf: WhatIf | undefined): void => {
  useWhatIf.setState({ whatIf });
};

/** The place of the text on the canvas where a change is made now: what comes behind the original is not of it. */
export const momentNow = ({ run, sample, player }: Pick<WatchState, 'run' | 'sample' | 'player'>): number =>
  Math.min(player.position, run?.traces[sample]?.trace.length ?? 0);

/** The changes of the moment that is shown, which a new one joins; at another moment it begins anew. */
function draftNow(run: Run, sample: number, position: number): WhatIf {
  const known = whatIfOf(useWhatIf.getState().whatIf, run, sample);
  const { seed, changes } = known?.position === position ? known : { seed: undefined, changes: {} };
  return {
    ...{ run: run.id, sample, position, changes, status: 'draft' },
    ...(seed === undefined ? {} : { seed }),
  };
}

/** Change the draft, which stops what was being written. */
function redraft(change: (changes: Changes) => Changes): void {
  const { run, sample, player } = useWatch.getState();
  if (!run?.traces[sample]) return;
  current?.abort();
  // Whoever changes a moment looks at it.
  const position = momentNow({ run, sample, player });
  useWatch.setState({ player: { ...player, position, playing: false } });
  const draft = draftNow(run, sample, position);
  setWhatIf({ ...draft, changes: change(draft.changes) });
  useWhatIf.setState({ wish: undefined });
}

/** Mask a slot again at the step that is shown, or put a token into it. @param slot of the canvas */
export function changeSlot(slot: number, change: Change): void {
  redraft((changes) => ({ ...changes, [slot]: change }));
}

/** Put tokens into consecutive slots at the step that is shown. */
export function putIn(slot: number, tokens: readonly number[]): void {
  redraft((changes) => ({
    ...changes,
    ...Object.fromEntries(tokens.map((token, i) => [slot + i, token])),
  }));
}

/** Leave a slot as it was; with the last change the what-if is gone. */
export function leaveSlot(slot: number): void {
  const shown = shownWhatIf();
  if (!shown) return;
  current?.abort();
  const { rest: _, failure: __, ...draft } = shown.whatIf;
  const kept = Object.entries(draft.changes).filter(([changed]) => Number(changed) !== slot);
  setWhatIf(kept.length === 0 ? undefined : { ...draft, status: 'draft', changes: Object.fromEntries(kept) });
}

/** Whether the model has anything to write in a what-if. */
export function hasMasked(run: Run, whatIf: WhatIf): boolean {
  const branch = branchOf(run, whatIf);
  return changedMoment(branch).tokens.includes(branch.trace.maskId);
}

/** Let the model write on from the changed moment; from the one that is shown where nothing was changed. */
export async function goOn(): Promise<void> {
  if (!shownWhatIf()) redraft((changes) => changes);
  const shown = shownWhatIf();
  if (!shown || !hasMasked(shown.run, shown.whatIf)) return;
  const { run, whatIf } = shown;
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  const { rest: _, failure: __, ...asked } = whatIf;
  setWhatIf({ ...asked, status: 'running' });
  const branch = branchOf(run, asked);
  const from = changedMoment(branch);
  const { trace } = branch;
  const { model, temperature, topP } = trace;
  const { steps, bos, sampler } = run.settings;
  const seed = asked.seed ?? trace.seed;
  try {
    // A record and a file have the words of their own tokens only.
    await vocabularyOf(model, signal);
    const result = await engine.call(
      'sample',
      { ...{ model, sampler, steps, seed, temperature, topP, bos, from, length: from.tokens.length } },
      { signal },
    );
    const written: Trace = {
      ...{ ...trace, seed, forwardPasses: result.forwardPasses, initial: from.tokens, from: from.step },
      trace: result.traces[0].steps,
    };
    const latest = useWhatIf.getState().whatIf;
    // The run may have been written anew meanwhile, which `keepUp` knows.
    if (latest && current === controller)
      setWhatIf({ ...latest, status: 'done', rest: { trace: written, cost: result } });
  } catch (error) {
    if (current !== controller || (error instanceof UnmaskError && error.code === 'aborted')) return;
    const latest = useWhatIf.getState().whatIf;
    if (latest) setWhatIf({ ...latest, status: 'draft', failure: toFailure(error) });
  }
}

/** Other draws for what is written later; those of the original again where no seed is given. */
export function setDice(seed?: number): void {
  const shown = shownWhatIf();
  if (!shown) return;
  const { seed: _, ...rest } = shown.whatIf;
  setWhatIf({ ...rest, ...(seed === undefined ? {} : { seed }) });
  void goOn();
}

export function newDice(): void {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  // Short enough to be read out in a classroom.
  setDice(seed % 1_000_000);
}

/** Leave the original as it is. */
export function discard(): void {
  current?.abort();
  current = undefined;
  useWhatIf.setState({ whatIf: undefined, wish: undefined });
}

/** The what-if becomes the run on the canvas: a run that begins in the middle. */
export function takeOver(): void {
  const shown = shownWhatIf();
  const { sample, player } = useWatch.getState();
  if (!shown?.whatIf.rest) return;
  const { run, whatIf } = shown;
  const { vocabularies } = useEngine.getState();
  const { trace } = shown.whatIf.rest;
  const taken = takenRun(
    run,
    { ...shown.whatIf.rest, vocabulary: vocabularies[trace.model] ?? run.vocabulary },
    // No link holds a run of a file, nor one that was taken over twice.
    run.origin === 'imported' || run.taken
      ? undefined
      : { settings: run.settings, sample, edit: editOf(whatIf) },
  );
  const position = restPosition(branchOf(run, whatIf), player.position);
  leaveRun();
  discard();
  const next = withRun(taken);
  useWatch.setState({
    ...next,
    ...{ status: 'done', wish: undefined, notice: undefined },
    player: { ...next.player!, position, playing: false },
  });
}

/** What a link says of a what-if. */
export const editOf = ({ position, changes, seed }: WhatIf): Edit => ({
  ...{ position, changes },
  ...(seed === undefined ? {} : { seed }),
});

/** What a link to the run that is shown says of its what-if, or of one that is still to come. */
export function linkedEdit(): Edit | undefined {
  const { whatIf, wish } = useWhatIf.getState();
  const { run, sample, settings } = useWatch.getState();
  if (wish && sameSettings(wish.settings, settings)) return wish.edit;
  const shown = whatIfOf(whatIf, run, sample);
  return shown && editOf(shown);
}

/** Show the what-if of a link once its run is there. */
export function wishEdit(settings: Run['settings'], sample: number, edit: Edit | undefined): void {
  discard();
  if (edit) useWhatIf.setState({ wish: { settings, sample, edit } });
}

/** Whether two runs wrote the same up to a place of one text. */
const sameUpTo = (a: Run, b: Run, sample: number, position: number): boolean => {
  const kept = ({ traces }: Run): string =>
    JSON.stringify(traces[sample]?.trace.slice(0, position).map(({ step, tokens }) => [step, tokens]));
  return sameSettings(a.settings, b.settings) && kept(a) === kept(b);
};

let before: Run | undefined;

/** The what-if stays in step with the run that it is beside. */
function keepUp({ run, sample, player }: WatchState): void {
  const { whatIf, wish } = useWhatIf.getState();
  // A link that is followed sets what it wishes first, and has its run begin right after.
  if (wish) queueMicrotask(grantWish);
  if (whatIf && run && run.id !== whatIf.run) {
    // A record hands over to the same run, written here.
    const { position } = whatIf;
    const same = before?.id === whatIf.run && sameUpTo(before, run, whatIf.sample, position);
    if (same) setWhatIf({ ...whatIf, run: run.id });
    else discard();
  }
  before = run;
  if (run?.traces[sample]?.trace.length !== run?.schedules[sample]?.length || !run) return;
  const total = run.schedules[sample].length + beyond();
  if (player.total !== total) {
    const position = Math.min(player.position, total);
    useWatch.setState({ player: { ...player, total, available: total, position } });
  }
}

/** The what-if of a link begins once its run is whole. */
function grantWish(): void {
  const { run, sample, settings, status } = useWatch.getState();
  const { wish } = useWhatIf.getState();
  if (!wish) return;
  if (!sameSettings(wish.settings, settings)) {
    useWhatIf.setState({ wish: undefined });
    return;
  }
  const own = run?.origin === 'live' && !run.taken && sameSettings(run.settings, settings);
  if (!own || status !== 'done' || sample !== wish.sample) return;
  const position = Math.min(wish.edit.position, run.traces[sample].trace.length);
  const whatIf: WhatIf = { ...wish.edit, ...{ position, run: run.id, sample, status: 'draft' } };
  useWhatIf.setState({ wish: undefined, whatIf });
  void goOn();
}

/** Steps of the what-if that is shown behind those of its original. */
function beyond(): number {
  const shown = shownWhatIf();
  return shown ? stepsBeyond(branchOf(shown.run, shown.whatIf)).length : 0;
}

/** From now on. @returns ends it */
export function followWhatIf(): () => void {
  const ends = [
    useWatch.subscribe(keepUp),
    useWhatIf.subscribe(() => {
      keepUp(useWatch.getState());
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
