/** What the optimiser does in which update: the schedule around AdamW, worked out in float64. */
import { adamwUniform, type AdamwUpdate } from '../../gpu/kernels/adamw/adamw.ts';

/** AdamW (arXiv 1711.05101) with clipping, warm-up and a moving average of the parameters. */
export interface OptimizerOptions {
  learningRate: number;
  /** Default 0.9. */
  beta1?: number;
  /** Default 0.999. */
  beta2?: number;
  /** Default 1e-8. */
  eps?: number;
  /** Decoupled, and on all parameters alike (default 0). */
  weightDecay?: number;
  /** Largest norm of all gradients together (default 1). */
  clip?: number;
  /** Updates over which the learning rate rises to its value (default 0: none). */
  warmup?: number;
  /** Largest decay of the moving average (default 0.9999). */
  ema?: number;
}

/**
 * The learning rate of an update: it rises evenly from learningRate / warmup in the first to learningRate in update `warmup`, and
 * stays there. No update has a rate of 0.
 * @param step from 1
 */
export function learningRateAt({ learningRate, warmup = 0 }: OptimizerOptions, step: number): number {
  return learningRate * Math.min(1, step / Math.max(1, warmup));
}

/**
 * The decay of the moving average in an update: low at first, so that the average leaves its start behind.
 * @param step from 1
 */
export function emaDecayAt({ ema = 0.9999 }: OptimizerOptions, step: number): number {
  return Math.min(ema, (1 + step) / (10 + step));
}

/** One update in full. @param step updates since the moments were 0, this one included */
export function adamwUpdate(options: OptimizerOptions, step: number): AdamwUpdate {
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0, clip = 1 } = options;
  return {
    ...{ step, beta1, beta2, eps, weightDecay, clip },
    learningRate: learningRateAt(options, step),
    ema: emaDecayAt(options, step),
  };
}

/** The uniform of ADAMW for an update. @param step from 1, as of `adamwUpdate` */
export function optimizerUniform(options: OptimizerOptions, step: number): Uint32Array<ArrayBuffer> {
  return adamwUniform(adamwUpdate(options, step));
}
