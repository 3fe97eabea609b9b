/** What a distillation is asked for. Nothing here runs. */

/** How the student is fitted to the targets; the released losses (docs/distillation.md). */
export type DistillLoss = 'kl-bwd' | 'kl-fwd' | 'mse' | 'tvd';

/** Where the teacher's sub-steps lie (`subSteps` in targets.ts). */
export type SubStepTimes = 'paper' | 'released';

/** Self-distillation through time (SDTT, arXiv 2410.21035, algorithm 1), by rounds. */
export interface DistillOptions {
  /** A diffusion model. */
  teacher: string;
  /**
   * Texts to mask. Without any: the bundled texts, which the bundled teacher wrote, where the teacher has their vocabulary;
   * else texts that the teacher writes first.
   */
  data?: string[];
  /** Have the teacher write so many texts first, and use those. */
  generate?: number;
  /** Default 'kl-bwd'. */
  loss?: DistillLoss;
  /** Rounds to run (default 2); after each the student becomes the teacher, and a step m times as long. */
  rounds?: number;
  /** Stop before a round whose student would have fewer steps than this (default 1). */
  minimumSteps?: number;
  /** Default 300. */
  updatesPerRound?: number;
  /** Texts of an update (default 32); texts and length together make at most 4,096 tokens. */
  batch?: number;
  /** Micro-batches of `batch` texts whose gradients are added up for one update (default 1). */
  accumulate?: number;
  /** Tokens of a text, its first one included (default 32, or the model's length). */
  length?: number;
  /** Step of the first round's teacher (default 1 / 32). */
  dt?: number;
  /** Steps of the teacher that one of the student stands for, at least 2 (default 2). */
  m?: number;
  /** Times of the sub-steps: t, t - dt, ... as in the paper, or as the released code computes them (default 'paper'). */
  times?: SubStepTimes;
  /** Default 1e-4: a teacher that has converged is soon spoiled by more in small batches. */
  learningRate?: number;
  /** Updates over which the learning rate rises to its value (default 20). */
  warmup?: number;
  /** Largest norm of a gradient (default 1). */
  clip?: number;
  /** Decoupled weight decay (default 0). */
  weightDecay?: number;
  /** Decay of the moving average that is kept as the student (default 0.9999; it starts lower). */
  ema?: number;
  /** Whether a round begins with a new optimiser (default false, as released). */
  resetOptimizer?: boolean;
  /** Integer in [0, 2^32) (default 0). */
  seed?: number;
}

/** Options with every default filled in. */
export type ResolvedDistillOptions = Required<Omit<DistillOptions, 'data' | 'generate'>>;
