import { create } from 'zustand';
import type { Edit } from '../../trace/branch.ts';
import type { TraceSettings } from '../../trace/file-format.ts';
import type { TraceFile } from '../../trace/file-format.ts';
import { end, receive, startPlayer, type Player } from '../../trace/player.ts';
import { tokensAfter, type Trace } from '../../trace/trace.ts';
import type { Candidates, PlanEvent, SampleResult, StepEvent, Vocabulary } from '../../worker/protocol.ts';
import { watch } from '../messages/watch.ts';
import type { Failure } from './engine.ts';

/** What the next run is asked for; files say it of theirs with the same fields. */
export type Settings = TraceSettings;

/** What the colour of a slot stands for; `none`: only what is new, earlier, masked and given. */
export type ColourBy = 'none' | 'step' | 'probability' | 'entropy' | 'order';

/** What a finished run cost. */
export type Cost = Pick<
  SampleResult,
  'forwardPasses' | 'dispatches' | 'submits' | 'milliseconds' | 'gpuMilliseconds' | 'backend' | 'weights'
>;

/** A step in which something comes, and how much: known before the run. */
export interface Scheduled {
  step: number;
  tokens: number;
}

/** What is on the canvas: one or more texts, written or being written. */
export interface Run {
  /** Told apart by number: what was found out about one run says nothing about another. */
  id: number;
  /**
   * `recorded`: written earlier, with the same model and settings, and played while the model loads; `imported`: of a file,
   * by a model that need not be here.
   */
  origin: 'recorded' | 'live' | 'imported';
  /** The file of an imported run. */
  file?: { name: string; content: TraceFile };
  /** What it was asked for. */
  settings: Settings;
  /** One for each text; they grow while the run goes on. */
  traces: readonly Trace[];
  /** Of each text. */
  schedules: readonly (readonly Scheduled[])[];
  vocabulary: Vocabulary | undefined;
  /** Tokens at the start of a text that have no slot: the one that begins it. */
  beginnings: 0 | 1;
  cost: Cost | undefined;
  /** A what-if that took the canvas: a run that begins in the middle, and the link to it beside its original, if there is one. */
  taken?: { link: { settings: Settings; sample: number; edit: Edit } | undefined };
}

/** What is known of the law in a slot: asked for, answered, or refused. */
export type Inspection =
  { state: 'pending' } | { state: 'known'; law: Candidates } | { state: 'failed'; why: string };

/** What is still to be shown of a link: each part is taken out as it comes true, or as the visitor does otherwise. */
export interface Wish {
  /** Of the link's run. */
  settings: Settings;
  sample?: number;
  position?: number;
  /** Hash of the tokens that it should write. */
  text?: string;
}

export interface WatchState {
  settings: Settings;
  /** What the last run was asked for; it may not have reached the canvas yet. */
  asked: Settings | undefined;
  status: 'idle' | 'loading' | 'running' | 'done' | 'stopped';
  run: Run | undefined;
  /** A live run that takes the place of the recorded one, unseen until it is whole. */
  pending: Run | undefined;
  failure: Failure | undefined;
  /** One sentence that is worth knowing and stops nothing. */
  notice: string | undefined;
  player: Player;
  /** Which text of the run is on the canvas, 0-based. */
  sample: number;
  /** Of the player, times the usual pace. */
  speed: number;
  colourBy: ColourBy;
  /** The slot that is looked into. */
  slot: number | undefined;
  /** What a link asks for that can only be shown once its run is there. */
  wish: Wish | undefined;
  /** By `inspectionKey`. */
  inspections: Readonly<Record<string, Inspection>>;
}

/** Settings of the run that greets a visitor: the seed is fixed so that everybody meets the same text. */
export const firstSettings: Settings = {
  model: 'student',
  sampler: 'ancestral',
  steps: 8,
  seed: 29,
  temperature: 1,
  topP: 1,
  slots: 32,
  count: 1,
  prompt: '',
  bos: true,
  pins: {},
};

export const initialWatchState: WatchState = {
  settings: firstSettings,
  asked: undefined,
  status: 'idle',
  run: undefined,
  pending: undefined,
  failure: undefined,
  notice: undefined,
  player: { position: 0, available: 0, total: 0, playing: false },
  sample: 0,
  speed: 1,
  colourBy: 'none',
  slot: undefined,
  wish: undefined,
  inspections: {},
};

/** Whether two runs are asked for the same. */
export function sameSettings(a: Settings, b: Settings): boolean {
  const { pins: pinsOfA, ...restOfA } = a;
  const { pins: pinsOfB, ...restOfB } = b;
  const keys = Object.keys(restOfA) as (keyof typeof restOfA)[];
  // Slots are integers, and those an object lists in order.
  return (
    JSON.stringify(pinsOfA) === JSON.stringify(pinsOfB) && keys.every((key) => restOfA[key] === restOfB[key])
  );
}

let lastRun = 0;

/** A run as its plan announces it, nothing written yet. */
export function plannedRun(
  plan: PlanEvent,
  settings: Settings,
  vocabulary: Vocabulary | undefined,
  beginnings: 0 | 1,
): Run {
  const { samples, ...asked } = plan;
  return {
    id: ++lastRun,
    ...{ origin: 'live', settings, vocabulary, beginnings, cost: undefined },
    traces: samples.map(({ sample, initial, passes }) => ({
      ...{ version: 1, ...asked, sample, initial, forwardPasses: passes.length, trace: [] },
    })),
    schedules: samples.map(({ passes }) => passes.map(({ step, count }) => ({ step, tokens: count }))),
  };
}

/** A run that was written earlier. */
export function recordedRun(trace: Trace, vocabulary: Vocabulary, settings: Settings): Run {
  return {
    id: ++lastRun,
    ...{ origin: 'recorded', settings, vocabulary, cost: undefined, traces: [trace] },
    beginnings: settings.bos && vocabulary.bos !== undefined ? 1 : 0,
    schedules: [trace.trace.map(({ step, tokens }) => ({ step, tokens: tokens.length }))],
  };
}

/** A run of a file, with a vocabulary of just its tokens. */
export function importedRun(content: TraceFile, name: string): Run {
  const { settings, traces, beginnings, cost, pieces, bos, eos } = content;
  return {
    id: ++lastRun,
    ...{ origin: 'imported', file: { name, content }, settings, traces, beginnings, cost },
    schedules: traces.map(({ trace }) => trace.map(({ step, tokens }) => ({ step, tokens: tokens.length }))),
    vocabulary: {
      maskId: traces[0].maskId,
      ...(pieces === undefined ? {} : { pieces }),
      ...(bos === undefined ? {} : { bos }),
      ...(eos === undefined ? {} : { eos }),
    },
  };
}

/** A what-if as a run of one text, which begins where it left the original. */
export function takenRun(
  { settings, beginnings }: Run,
  { trace, cost, vocabulary }: { trace: Trace } & Pick<Run, 'cost' | 'vocabulary'>,
  link: NonNullable<Run['taken']>['link'],
): Run {
  return {
    id: ++lastRun,
    ...{ origin: 'live', beginnings, vocabulary, cost, taken: { link }, traces: [trace] },
    settings: { ...settings, seed: trace.seed },
    schedules: [trace.trace.map(({ step, tokens }) => ({ step, tokens: tokens.length }))],
  };
}

/** A player of one text of a run, at a position. */
export function playerOf(run: Run, sample: number, position: number, playing: boolean): Player {
  const total = run.schedules[sample]?.length ?? 0;
  const available = run.traces[sample]?.trace.length ?? 0;
  const within = Math.min(position, available);
  return { position: within, available, total, playing: playing && within < total };
}

/** A run takes the canvas, and plays from its start. */
export function withRun(run: Run): Partial<WatchState> {
  const total = run.schedules[0]?.length ?? 0;
  const player = { ...startPlayer(total), available: run.traces[0]?.trace.length ?? 0 };
  return { run, pending: undefined, failure: undefined, player, sample: 0, inspections: {} };
}

/**
 * The plan of a run, or of one more batch of it.
 * @param handover the run takes the place of the recorded one on the canvas once it is whole
 */
export function withPlan(state: WatchState, planned: Run, handover: boolean): Partial<WatchState> {
  const current = state.pending ?? state.run;
  const first = planned.traces[0]?.sample ?? 0;
  if (first > 0 && current) {
    const run = {
      ...current,
      traces: [...current.traces, ...planned.traces],
      schedules: [...current.schedules, ...planned.schedules],
    };
    return state.pending ? { pending: run } : { run };
  }
  const takesOver =
    handover && state.run?.origin === 'recorded' && sameSettings(state.run.settings, planned.settings);
  return { status: 'running', ...(takesOver ? { pending: planned } : withRun(planned)) };
}

function grown(run: Run, { firstSample, steps }: Pick<StepEvent, 'firstSample' | 'steps'>): Run {
  const traces = run.traces.map((trace, sample) => {
    const step = steps[sample - firstSample];
    return step ? { ...trace, trace: [...trace.trace, step] } : trace;
  });
  return { ...run, traces };
}

/** One more pass of the run that goes on. */
export function withStep(
  { run, pending, player, sample }: Pick<WatchState, 'run' | 'pending' | 'player' | 'sample'>,
  event: Pick<StepEvent, 'firstSample' | 'steps'>,
): Partial<WatchState> {
  if (pending) return { pending: grown(pending, event) };
  if (!run) return {};
  const came = Boolean(event.steps[sample - event.firstSample]);
  return { run: grown(run, event), player: came ? receive(player) : player };
}

/** Whether two runs wrote the same. */
function sameTexts(a: Run, b: Run): boolean {
  const tokens = ({ traces }: Run): number[][] =>
    traces.map((trace) => tokensAfter(trace, trace.trace.length));
  return JSON.stringify(tokens(a)) === JSON.stringify(tokens(b));
}

/** The run is whole: what it cost is known, and what was unseen so far takes the canvas where the player stands. */
export function withCost({ run, pending, player, sample }: WatchState, cost: Cost): Partial<WatchState> {
  if (!pending) return { status: 'done', ...(run ? { run: { ...run, cost } } : {}) };
  const live = { ...pending, cost };
  return {
    ...{ status: 'done', run: live, pending: undefined },
    player: playerOf(live, sample, player.position, player.playing),
    ...(run && !sameTexts(run, live) ? { notice: watch.notices.differs } : {}),
  };
}

/** The run has ended before its time; what it wrote stays, and can be played. */
export function withStop({ run, player }: WatchState): Partial<WatchState> {
  const live = run?.origin === 'live' && run.cost === undefined;
  return { status: 'stopped', pending: undefined, ...(live ? { player: end(player) } : {}) };
}

/** Where the law of a slot was drawn from: the pass in which it came, else the one that is shown (the first at the start). */
export function passOf(trace: Trace, position: number, token: number): number {
  const came = trace.trace.findIndex(({ positions }) => positions.includes(token));
  return came >= 0 && came < position ? came : Math.max(0, position - 1);
}

/** Address of an inspection: a slot in a pass of a text of a run. */
export const inspectionKey = (run: Run, sample: number, pass: number, slot: number): string =>
  `${run.id} ${sample} ${pass} ${slot}`;

/** The Watch view. */
export const useWatch = create<WatchState>()(() => initialWatchState);
