/** What is told of a distillation while it runs. Nothing here runs. */

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

/** A text of the batch, one of the middle of its times, whose state the view shows. Told with each phase while phases are followed. */
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
  /** Lower bound: mean over masked positions, of -log sum_v exp(mean_k log q_k(v)) over `draws` draws of the targets. */
  floor: number;
  /** Upper bound: each draw held against the geometric mean of the others. */
  upper: number;
  /** The mean of the bounds, which is nearly unbiased: what is shown as the floor. */
  estimate: number;
  /** At least 2. */
  draws: number;
  /** Loss of the student with which the round began, on the same draws. */
  untrained: number;
}
