import type { DistillProgress, DistillRunOptions, DistillState } from '../../worker/distill/result.ts';
import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { distill as says } from '../messages/distill.ts';
import { isAtWork, useDistill, withOpened, type DistillViewState } from '../stores/distill.ts';
import { followDistill, listModels } from './distill-events.ts';
import { toFailure } from './failure.ts';

type Until = DistillRunOptions['until'];

/** Why what runs is to stop: for good, or to go on otherwise. */
type Interruption = 'pause' | 'pace' | 'peek' | 'last';
/** What is followed at full speed: one update, or the last few of a round. */
type Look = 'peek' | 'last';
let interruption: Interruption | undefined;
let running: Promise<void> | undefined;
/** Where what runs began. */
let begun: DistillState | undefined;
/** Whether the device was lost and the last save taken up, since the visitor last asked for something. */
let recovered = false;
/** Whether it is somebody else who runs it: how they do it is theirs, but pause is the visitor's too. */
let elsewhere = false;

/** At full speed one update is followed every so often, so that the phases stay in sight; ms, and updates. */
const PEEK = { every: 3000, updates: 10 } as const;

/** The end of a round is followed from so far before it that a pause still comes in time, ms; not many updates. */
const LAST = { before: 250, least: 2, most: 32 } as const;

/** Whether an update is among the last of its round, or the round is over with it. @param milliseconds that one takes */
function nearEnd({ options, updates, round }: DistillState, milliseconds: number): boolean {
  const left = round * options.updatesPerRound - updates;
  const reach = Math.ceil(LAST.before / Math.max(1, milliseconds));
  return left > 0 && left <= Math.min(LAST.most, Math.max(LAST.least, reach));
}

/** Stop what runs after the update, or the phase, that it is at. */
function interrupt(why: Interruption): void {
  // A visitor who pauses is not overruled by a look at the phases.
  if (interruption === 'pause' || (interruption !== undefined && (why === 'peek' || why === 'last'))) return;
  if (elsewhere && why !== 'pause') return;
  const first = interruption === undefined;
  interruption = why;
  if (first) void engine.call('distillPause', {}).catch(() => undefined);
}

/** One call of the engine, with its reports. @returns the state at its end */
async function stretch(until: Until, look: Look | undefined): Promise<DistillState> {
  const { slow, delay } = useDistill.getState();
  const byHand = until === 'phase' || until === 'update';
  const phases = slow || byHand || look !== undefined;
  const events = followDistill();
  let next = performance.now() + PEEK.every;
  let seen = 0;
  const options: DistillRunOptions = {
    until: look === 'peek' ? 'update' : look === 'last' ? 'round' : until,
    ...(phases ? { phases } : {}),
    // A single phase is looked at as long as one likes.
    ...(slow && until !== 'phase' ? { slow: delay } : {}),
  };
  try {
    return await engine.call('distillRun', options, {
      onDistill: (progress) => {
        events.add(progress);
        if (progress.kind !== 'update') return;
        seen += 1;
        if (phases || document.hidden) return;
        const { state } = useDistill.getState();
        const { update: updates, round, milliseconds } = progress.report;
        if (state && nearEnd({ ...state, updates, round }, milliseconds)) interrupt('last');
        if (seen < PEEK.updates || performance.now() < next) return;
        next = Infinity;
        interrupt('peek');
      },
    });
  } finally {
    events.flush();
  }
}

/** The round whose end is meant where a run begins here, from 1: between two rounds it is the next one. */
const goalOf = ({ rounds, round }: DistillState): number =>
  rounds[round - 1]?.model === undefined ? round : round + 1;

/** Whether it got as far as was asked. */
const reached = (until: Until, from: DistillState, to: DistillState): boolean =>
  to.finished ||
  (until === 'round' && to.rounds[goalOf(from) - 1]?.model !== undefined) ||
  (until === 'update' && to.updates > from.updates) ||
  until === 'phase';

/** Go on until it is there, or paused; in between it may go on otherwise. */
async function goOn(until: Until, from: DistillState): Promise<void> {
  // Who starts wants to see what is done: the first update is followed.
  const { slow, followed } = useDistill.getState();
  const far = until === 'round' || until === 'end';
  const last = (state: DistillState): boolean =>
    far &&
    !useDistill.getState().slow &&
    !document.hidden &&
    nearEnd(state, state.history.at(-1)?.milliseconds ?? LAST.before);
  let look: Look | undefined = last(from) ? 'last' : far && !slow && !followed ? 'peek' : undefined;
  for (;;) {
    interruption = undefined;
    const state = await stretch(until, look);
    const why = interruption as Interruption | undefined;
    useDistill.setState({ state });
    if (why === 'pause' || reached(until, from, state)) return;
    // Without an interruption somebody else paused it; a look ends by itself.
    if (why === undefined && look === undefined) return;
    look = last(state) ? 'last' : why === 'peek' ? 'peek' : undefined;
  }
}

/** The device is gone: take up the last save, once. @returns the state to go on from */
async function recover(name: string): Promise<DistillState> {
  useDistill.setState({
    status: 'opening',
    note: says.lost,
  });
  const state = await engine.call('distillOpen', { resume: name });
  const { note } = useDistill.getState();
  useDistill.setState({ ...withOpened(state), note });
  return state;
}

async function work(until: Until): Promise<void> {
  for (;;) {
    const from = useDistill.getState().state;
    if (!from) return;
    useDistill.setState({ status: 'running', until, failure: undefined, lit: undefined });
    try {
      await goOn(until, from);
      return;
    } catch (error) {
      const failure = toFailure(error);
      const { state } = useDistill.getState();
      const lost = failure.code === 'device-lost' && state?.savedAt !== undefined;
      if (!lost || recovered) {
        const stopped = error instanceof UnmaskError && error.code === 'aborted';
        if (!stopped) useDistill.setState({ failure });
        return;
      }
      recovered = true;
      try {
        await recover(state.run);
      } catch (again) {
        useDistill.setState({ failure: toFailure(again) });
        return;
      }
    }
  }
}

/** Nothing runs any more. @param open what is open still */
const stopped = (open: DistillState | undefined): Partial<DistillViewState> => ({
  ...{ status: open ? 'paused' : 'closed', until: undefined, drawing: undefined },
});

/** Run the open distillation; nothing is done where it runs already, or has nothing left to do. */
export async function run(until: Until): Promise<void> {
  const { status, state } = useDistill.getState();
  if (status !== 'paused' || !state || state.finished) return;
  recovered = false;
  begun = state;
  useDistill.setState({ note: undefined });
  running = work(until).finally(() => {
    running = undefined;
    useDistill.setState(({ state: open }) => stopped(open));
  });
  await running;
  if ((useDistill.getState().state?.rounds ?? []).some(({ model }) => model !== undefined))
    await listModels().catch(() => undefined);
}

/** Whether what runs was begun by somebody else, who waits for its end. */
export const runsElsewhere = (): boolean => elsewhere;

/**
 * Show how the open distillation is run by somebody else; pause works.
 * @param task runs it, and passes on what is told
 * @returns what the task comes to
 */
export async function runElsewhere(
  task: (onDistill: (progress: DistillProgress) => void) => Promise<DistillState>,
): Promise<DistillState> {
  const events = followDistill();
  [interruption, elsewhere, begun] = [undefined, true, useDistill.getState().state];
  useDistill.setState({ status: 'running', until: 'end', failure: undefined, lit: undefined });
  const whole = (async () => {
    try {
      const state = await task(events.add);
      events.flush();
      useDistill.setState({ state });
      return state;
    } finally {
      events.flush();
      elsewhere = false;
      running = undefined;
      useDistill.setState(({ state }) => stopped(state));
    }
  })();
  running = whole.then(
    () => undefined,
    () => undefined,
  );
  return await whole;
}

/** Pause. It stops once the update that it is at is done. */
export function pause(): void {
  if (useDistill.getState().status !== 'running') return;
  useDistill.setState({ status: 'pausing' });
  interrupt('pause');
}

/** Start, or pause. */
export function toggleRun(): void {
  if (isAtWork(useDistill.getState())) pause();
  else void run('end');
}

/** What the keys of a presenter do: there is no way back. */
export const presenterMoves = { toggle: toggleRun, forward: (): void => void run('phase') };

/** Wait after every phase, or run at full speed; what runs goes on otherwise at once. */
export function setSlow(slow: boolean): void {
  useDistill.setState({ slow });
  if (useDistill.getState().status === 'running') interrupt('pace');
}

/** How long to wait after a phase, ms. */
export function setDelay(delay: number): void {
  const { status, slow } = useDistill.getState();
  useDistill.setState({ delay });
  if (status === 'running' && slow) interrupt('pace');
}

/**
 * Do something for which the engine has to be free: what runs is paused for it, and goes on afterwards.
 * @throws what the task throws
 */
export async function meanwhile<T>(task: () => Promise<T>): Promise<T> {
  const { until } = useDistill.getState();
  const interrupted = running !== undefined;
  const from = begun;
  pause();
  if (interrupted) useDistill.setState({ waits: true });
  await running;
  try {
    return await task();
  } finally {
    if (interrupted) useDistill.setState({ waits: false });
    const { state, failure } = useDistill.getState();
    // It may have come to its end as it was paused.
    const there = !until || !state || (from?.run === state.run && reached(until, from, state));
    if (interrupted && !there && !failure) void run(until);
  }
}
