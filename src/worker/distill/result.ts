/** What a distillation is asked for, and what is told of it. Nothing here runs. */

import type {
  FloorReport,
  PhaseReport,
  UpdateReport,
  ValidationReport,
  DistillPhase,
} from '../../model/distill/report.ts';
export type {
  DistillPhase,
  FloorReport,
  PhaseReport,
  TargetSlot,
  TargetToken,
  UpdateReport,
  ValidationReport,
} from '../../model/distill/report.ts';

import type { ResolvedDistillOptions } from '../../model/distill/options.ts';

export type {
  DistillLoss,
  DistillOptions,
  ResolvedDistillOptions,
  ResolvedTrainOptions,
  TrainOptions,
} from '../../model/distill/options.ts';

/** One rung of the ladder. */
export interface RoundState {
  /** From 1. */
  round: number;
  /** Step of its teacher. */
  dt: number;
  /** Steps that its student is made for: 1 / (m dt). */
  nativeSteps: number;
  /** Updates done. */
  updates: number;
  /** The student as a model, once the round is done. */
  model?: string;
  floor?: FloorReport;
}

/** A distillation, running or not. */
export interface DistillState {
  /** Names the run among those that are saved. */
  run: string;
  options: ResolvedDistillOptions;
  /** Where its texts come from, and how many there are. */
  data: { source: 'bundled' | 'given' | 'teacher'; texts: number; windows: number; heldOut: number };
  rounds: RoundState[];
  /** The round that is on, from 1. */
  round: number;
  /** Updates done, over all rounds. */
  updates: number;
  /** What comes next. */
  next: { phase: DistillPhase; subStep?: number };
  /** Every update so far. */
  history: UpdateReport[];
  validation: ValidationReport[];
  /** All rounds are done. */
  finished: boolean;
  /** Tokens of the texts that one update looks at. */
  tokensPerUpdate: number;
  /** When it was saved last, in ms since 1970; absent where nothing is saved. */
  savedAt?: number;
  /** Why it is not saved, in one sentence; absent where it is. */
  unsaved?: string;
}

/** Told while a distillation runs. */
export type DistillProgress =
  | { kind: 'phase'; report: PhaseReport }
  | { kind: 'update'; report: UpdateReport }
  | { kind: 'validation'; report: ValidationReport }
  | { kind: 'floor'; report: FloorReport }
  | { kind: 'round'; state: DistillState }
  | { kind: 'saved'; at: number }
  /** The teacher draws the targets of the held-out texts, which takes a while before the first update of a round. */
  | { kind: 'drawing'; done: number; total: number }
  /** The teacher writes texts. */
  | { kind: 'writing'; done: number; total: number };

/** A run in the store. */
export interface SavedRun {
  run: string;
  /** Title of the teacher it began with. */
  teacher: string;
  round: number;
  rounds: number;
  updates: number;
  savedAt: number;
  bytes: number;
  /** All its rounds are done: it can be looked at. */
  finished: boolean;
  /** Another tab is at work on it. */
  busy: boolean;
}

/** How far `distillRun` goes. */
export interface DistillRunOptions {
  until: 'phase' | 'update' | 'round' | 'end';
  /** Tell of every phase with what is in it; slower, since it is read back. */
  phases?: boolean;
  /** With `phases`: wait so long after each phase, ms, so that an eye can follow. */
  slow?: number;
}

/** What a training on clean texts comes to. */
export interface TrainResult {
  /** Id of the model: the moving average of its parameters. */
  model: string;
  /** Loss of every update. */
  losses: number[];
  /** Losses on texts that are held out, before the first update, every now and then, and at the end. */
  validation: ValidationReport[];
}

/** What loss and gradients are wanted of: B texts of L tokens. What a loss does not read is left alone. */
export interface GradientOptions {
  model: string;
  /** 'causal' for causal models, the others for diffusion models. */
  loss: 'kl-bwd' | 'kl-fwd' | 'mse' | 'tvd' | 'mdlm' | 'causal';
  /** Partly masked texts; all losses but causal. */
  xt?: number[][];
  /** Clean texts; mdlm and causal. */
  x0?: number[][];
  /** Time of each text in (0, 1]; mdlm, and whatever the loss models with time conditioning (default 1). */
  t?: number[];
  /** Log-probabilities that the student is fitted to, [B, L, V] row-major; the four of distillation. */
  targetLogProbs?: Float32Array;
}

/** A loss, and its gradient by every parameter. */
export interface GradientResult {
  loss: number;
  /** Row-major, under the names that the tensors have in the model's file. */
  gradients: Record<string, Float32Array<ArrayBuffer>>;
}

/** A model as files, in the released layout. */
export interface ExportedModel {
  /** model.safetensors */
  weights: Blob;
  /** config.json */
  config: string;
  /** tokenizer.json, where the model has one. */
  tokenizer?: string;
}
