/** What a distillation is asked for. Nothing here runs. */

/** How the student is fitted to the targets; the released losses (docs/distillation.md). */
export type DistillLoss = 'kl-bwd' | 'kl-fwd' | 'mse' | 'tvd';

/** Where the teacher's sub-steps lie (`subSteps` in targets.ts). */
export type SubStepTimes = 'paper' | 'released';

/** What every training takes: texts of an update, and the optimiser. */
export interface UpdateOptions {
  /** Texts of an update (default 32); texts and length together make at most 4,096 tokens. */
  batch?: number;
  /** Micro-batches of `batch` texts whose gradients are added up for one update (default 1). */
  accumulate?: number;
  /** Tokens of a text, its first one included (default 32, or the model's length). */
  length?: number;
  /** Default 3e-5 for a distillation: a teacher that has converged is soon spoiled by more; 3e-4 for training. */
  learningRate?: number;
  /** Updates over which the learning rate rises to its value (default 20). */
  warmup?: number;
  /** Largest norm of a gradient (default 1). */
  clip?: number;
  /** Decoupled weight decay (default 0). */
  weightDecay?: number;
  /** Decay of the moving average that is kept as the model (default 0.9999; it starts lower). */
  ema?: number;
  /** Integer in [0, 2^32) (default 0). */
  seed?: number;
}

/** Self-distillation through time (SDTT, arXiv 2410.21035, algorithm 1), by rounds. */
export interface DistillOptions extends UpdateOptions {
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
  /** Step of the first round's teacher (default 1 / 32). */
  dt?: number;
  /** Steps of the teacher that one of the student stands for, at least 2 (default 2). */
  m?: number;
  /** Times of the sub-steps: t, t - dt, ... as in the paper, or as the released code computes them (default 'paper'). */
  times?: SubStepTimes;
  /** Whether a round begins with a new optimiser (default false, as released). */
  resetOptimizer?: boolean;
}

/** Options with every default filled in. */
export type ResolvedDistillOptions = Required<Omit<DistillOptions, 'data' | 'generate'>>;

/** Training on clean texts: masked diffusion (MDLM, arXiv 2406.07524), or the next token. */
export interface TrainOptions extends UpdateOptions {
  /** Model to begin with; without one, `config` says what network begins from scratch. */
  init?: string;
  /** config.json of the released code, parsed. */
  config?: object;
  /** Of a network from scratch: tokenizer.json parsed, as JSON text, or its URL. Without one, texts are ids. */
  tokenizer?: object | string;
  /** Of a network from scratch without a tokenizer: its tokens and the mask, V. */
  vocabulary?: number;
  data: string[];
  /** 'mdlm' for diffusion networks, 'causal' for causal ones. */
  loss: 'mdlm' | 'causal';
  updates: number;
  /** Keep the training in the store under this name, so that it can go on after it was stopped; gone once it is over. */
  save?: string;
}

/** Options of a training with every default filled in; what it begins with and its texts are apart. */
export type ResolvedTrainOptions = Required<UpdateOptions> & Pick<TrainOptions, 'loss' | 'updates'>;
