import { create } from 'zustand';
import { receive, startPlayer, type Player } from '../../trace/player.ts';
import type { Sampler, Trace } from '../../trace/trace.ts';
import type { PlanEvent, SampleResult, StepEvent } from '../../worker/protocol.ts';
import type { Failure } from './engine.ts';

/** What the next run is asked for. */
export interface Settings {
  model: string;
  sampler: Sampler;
  /** Nominal steps, 1..1024; first-hitting has none and does not read it. */
  steps: number;
  seed: number;
  temperature: number;
  topP: number;
  /** Slots of the canvas. The token that begins a text is given besides, and has no slot. */
  slots: number;
  /** Texts to write. */
  count: number;
  prompt: string;
  /** Whether the token that begins a text is given. */
  bos: boolean;
  /** Token id by slot of the canvas: what the visitor pinned. */
  pins: Readonly<Record<number, number>>;
}

/** What the colour of a slot stands for; `none`: only what is new, earlier, masked and given. */
export type ColourBy = 'none' | 'step' | 'probability' | 'entropy' | 'order';

/** What a finished run cost. */
export type Cost = Pick<SampleResult, 'forwardPasses' | 'dispatches' | 'submits' | 'milliseconds'>;

export interface WatchState {
  settings: Settings;
  status: 'idle' | 'loading' | 'running' | 'done' | 'stopped';
  /** The run on the canvas; grows while it runs. */
  trace: Trace | undefined;
  /** Steps of the run in which something unmasks, with how much: known before the first of them. */
  schedule: { step: number; tokens: number }[];
  cost: Cost | undefined;
  failure: Failure | undefined;
  player: Player;
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
  status: 'idle',
  trace: undefined,
  schedule: [],
  cost: undefined,
  failure: undefined,
  player: { position: 0, available: 0, total: 0, playing: false },
};

/** The run that a plan announces takes the canvas. */
export function withPlan(plan: PlanEvent): Partial<WatchState> {
  const [first] = plan.samples;
  const { model, sampler, steps, seed, temperature, topP, maskId } = plan;
  const schedule = first.passes.map(({ step, count }) => ({ step, tokens: count }));
  const forwardPasses = schedule.length;
  return {
    status: 'running',
    trace: {
      ...{ version: 1, model, sampler, steps, forwardPasses, seed, temperature, topP, maskId },
      ...{ sample: first.sample, initial: first.initial, trace: [] },
    },
    schedule,
    cost: undefined,
    failure: undefined,
    player: startPlayer(forwardPasses),
  };
}

/** One more step of the run on the canvas. */
export function withStep(
  state: WatchState,
  { steps }: Pick<StepEvent, 'steps'>,
): Pick<WatchState, 'trace' | 'player'> {
  const { trace, player } = state;
  const [step] = steps;
  if (!trace || !step) return { trace, player };
  return { trace: { ...trace, trace: [...trace.trace, step] }, player: receive(player) };
}

/** The Watch view. */
export const useWatch = create<WatchState>()(() => initialWatchState);
