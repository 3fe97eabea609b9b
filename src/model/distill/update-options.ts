/** What the options that every training takes may hold. */
import { MAX_EMBEDDING_ROWS } from '../../gpu/kernels/embedding-backward/embedding-backward.ts';
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
 * @param rate the learning rate where none is given
 * @throws UnmaskError 'argument' naming the field, its value and what it may hold
 */
export function resolveUpdate(o: UpdateOptions, config: ModelConfig, rate: number): Required<UpdateOptions> {
  const resolved: Required<UpdateOptions> = {
    batch: integer('batch', o.batch ?? 32, 1, 512),
    accumulate: integer('accumulate', o.accumulate ?? 1, 1, 512),
    length: integer('length', o.length ?? Math.min(32, config.length), 2, config.length),
    learningRate: number(
      'learningRate',
      o.learningRate ?? rate,
      (value) => value > 0 && value <= 1,
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
  const { batch, length } = resolved;
  if (batch * length > MAX_EMBEDDING_ROWS) {
    throw refuse(
      `batch is ${batch}, with a length of ${length} that is ${batch * length} tokens at once: give at most ` +
        `${Math.floor(MAX_EMBEDDING_ROWS / length)}, and accumulate for more.`,
    );
  }
  return resolved;
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
  return { loss, updates: integer('updates', o.updates, 1, MOST_UPDATES), ...resolveUpdate(o, config, 3e-4) };
}
