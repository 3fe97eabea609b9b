/** What a distillation is asked for, and what is told of it. Nothing here runs. */

import type { ResolvedDistillOptions } from '../../model/distill/options.ts';

export type { DistillLoss, DistillOptions, ResolvedDistillOptions } from '../../model/distill/options.ts';

/**
 * Where an update is: the teacher's sub-steps one after the other, what they leave behind, the student's one pass, the change
 * of its parameters.
 */
export type DistillPhase = 'teacher' | 'targets' | 'student' | 'update';

/** One token of a law, with its probability in both models. */
export interface TargetToken {
  token: number;
  target: number;
  student: number;
}

/** Target and student in one masked position of the text that is shown. */
export interface TargetSlot {
  position: number;
  /** Sub-step, from 1, in which the position unmasked; the last one also where it is masked still. */
  subStep: number;
  /** Whether it unmasked in that sub-step. */
  unmasked: boolean;
  /** The loss of this position alone (kl-bwd: nats). */
  divergence: number;
  /** The likeliest tokens of either, at most 12, likeliest under the target first. */
  tokens: TargetToken[];
}

/** The first text of the batch, whose state the view shows. Told with each phase while phases are followed. */
export type PhaseReport =
  | {
      phase: 'teacher';
      /** From 1 to m. */
      subStep: number;
      t: number;
      s: number;
      /** Token ids before the sub-step. */
      before: number[];
      /** Token ids after it, V - 1 where masked. */
      after: number[];
    }
  | {
      phase: 'targets';
      /** Of each position the sub-step that supplied its target; 0: it was not masked. */ subSteps: number[];
    }
  | { phase: 'student'; loss: number; slots: TargetSlot[] }
  | { phase: 'update'; gradientNorm: number; clipped: boolean; learningRate: number };

/** One update, done. */
export interface UpdateReport {
  /** From 1, over all rounds. */
  update: number;
  /** From 1. */
  round: number;
  /** Mean over the masked positions of the batch. */
  loss: number;
  gradientNorm: number;
  /** Masked positions of the batch. */
  masked: number;
  /** Wall time of the update. */
  milliseconds: number;
}

/** How the student does on texts that are held out. */
export interface ValidationReport {
  /** Updates that were done before it. */
  update: number;
  round: number;
  loss: number;
}

/** What no student can go below on the held-out texts: targets are random given what is masked (kl-bwd alone). */
export interface FloorReport {
  round: number;
  /** Mean over masked positions, of -log sum_v exp(mean_k log q_k(v)) over `draws` draws of the targets. */
  floor: number;
  draws: number;
  /** Loss of the student with which the round began, on the same draws. */
  untrained: number;
}

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

/** A model as files, in the released layout. */
export interface ExportedModel {
  /** model.safetensors */
  weights: Blob;
  /** config.json */
  config: string;
  /** tokenizer.json, where the model has one. */
  tokenizer?: string;
}
