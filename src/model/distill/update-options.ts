/** What the options that every training takes may hold. */
import { choice, integer, LARGEST_SEED, number, refuse, show } from '../arguments.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import type { ResolvedTrainOptions, TrainOptions, UpdateOptions } from './options.ts';

/** Most updates of a training, or of a round. */
export const MOST_UPDATES = 1_000_000;

/** `data`. @param remedy what a refusal ends with */
export function checkTexts(data: unknown, remedy: string): asserts data is string[] {
  if (Array.isArray(data) && data.every((text) => typeof text === 'string')) return;
  throw refuse(`data is ${show(data)}: ${remedy}.`);
}

/**
 * Check what every training takes, and fill in what is left out.
 * @throws UnmaskError 'argument' naming the field, its value and what it may hold
 */
export function resolveUpdate(o: UpdateOptions, { length }: ModelConfig): Required<UpdateOptions> {
  return {
    batch: integer('batch', o.batch ?? 8, 1, 512),
    accumulate: integer('accumulate', o.accumulate ?? 1, 1, 512),
    length: integer('length', o.length ?? Math.min(32, length), 2, length),
    learningRate: number(
      'learningRate',
      o.learningRate ?? 3e-4,
      (rate) => rate > 0 && rate <= 1,
      'above 0 and at most 1',
    ),
    warmup: integer('warmup', o.warmup ?? 20, 0, 1_000_000),
    clip: number('clip', o.clip ?? 1, (clip) => clip > 0, 'above 0'),
    weightDecay: number(
      'weightDecay',
      o.weightDecay ?? 0,
      (decay) => decay >= 0 && decay <= 1,
      'from 0 to 1',
    ),
    ema: number('ema', o.ema ?? 0.9999, (decay) => decay >= 0 && decay < 1, 'from 0 and below 1'),
    seed: integer('seed', o.seed ?? 0, 0, LARGEST_SEED),
  };
}

/**
 * Check the options of a training on clean texts, and fill in what is left out.
 * @param config of the network
 * @throws UnmaskError 'argument' naming the field, its value and what it may hold
 */
export function resolveTraining(o: TrainOptions, config: ModelConfig): ResolvedTrainOptions {
  const loss = choice('loss', o.loss, ['mdlm', 'causal']);
  const fits = config.kind === 'causal' ? 'causal' : 'mdlm';
  if (loss !== fits) {
    const kind = config.kind === 'causal' ? 'autoregressive' : 'a diffusion network';
    throw refuse(`loss is "${loss}", but ${config.name} is ${kind}: give "${fits}".`);
  }
  return { loss, updates: integer('updates', o.updates, 1, MOST_UPDATES), ...resolveUpdate(o, config) };
}
