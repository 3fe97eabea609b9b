import { defineKernel } from '../../kernel.ts';
import { elementWorkgroups } from '../embedding/embedding.ts';
import adamwWgsl from './adamw.wgsl?raw';
import gradientNormWgsl from './gradient-norm.wgsl?raw';
import totalWgsl from './total.wgsl?raw';

/** Partial sums of squares, and workgroups of GRADIENT_NORM. */
export const NORM_PARTIALS = 256;

/** Values that a workgroup of either kernel takes at a time. */
export const BLOCK = 1024;

/** Sums of squares of the gradients that are bound, into `partials` [NORM_PARTIALS]; NORM_PARTIALS workgroups. */
export const GRADIENT_NORM = defineKernel('gradient-norm', [totalWgsl, gradientNormWgsl], {
  gradients: 'read',
  partials: 'read-write',
});

/**
 * Clips, updates parameters and moments, moves the average, and clears the gradients; `adamwWorkgroups`. `update` is written
 * anew for every update. The five arrays are bound by ranges of one size.
 */
export const ADAMW = defineKernel('adamw', [totalWgsl, adamwWgsl], {
  update: 'uniform',
  partials: 'read',
  parameters: 'read-write',
  gradients: 'read-write',
  m: 'read-write',
  v: 'read-write',
  average: 'read-write',
});

/** What one update does, in the terms of torch.optim.AdamW. */
export interface AdamwUpdate {
  /** Number of this update, from 1. */
  step: number;
  /** Of this update. */
  learningRate: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** Decoupled: parameters shrink by learningRate * weightDecay. */
  weightDecay: number;
  /** Largest norm of all gradients together. */
  clip: number;
  /** Decay of the moving average in this update; 1 keeps it as it is. */
  ema: number;
}

/** Bytes of the uniform of ADAMW. */
export const ADAMW_BYTES = 48;

/** The uniform of adamw.wgsl; all of it changes from update to update. */
export function adamwUniform(u: AdamwUpdate): Uint32Array<ArrayBuffer> {
  const bytes = new ArrayBuffer(ADAMW_BYTES);
  new Float32Array(bytes).set([
    u.clip,
    1 - u.learningRate * u.weightDecay,
    1 - u.beta1,
    u.beta2,
    1 - u.beta2,
    Math.sqrt(1 - u.beta2 ** u.step),
    u.eps,
    u.learningRate / (1 - u.beta1 ** u.step),
    1 - u.ema,
  ]);
  return new Uint32Array(bytes);
}

/** Workgroups of ADAMW. @param values of each array, a multiple of 4 */
export function adamwWorkgroups(values: number): [number, number] {
  return elementWorkgroups(values, BLOCK);
}

/**
 * The norm of the gradients before clipping, from the partial sums as read back.
 * @returns Infinity or NaN where f32 has no number for the sum of squares: ADAMW then leaves the update out
 */
export function gradientNorm(partials: Float32Array): number {
  return Math.sqrt(Math.fround(partials.reduce((sum, partial) => sum + partial, 0)));
}
