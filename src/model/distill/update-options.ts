/** What the options that every training takes may hold. */
import { MAX_EMBEDDING_ROWS } from '../../gpu/kernels/embedding-backward/embedding-backward.ts';
import { choice, integer, LARGEST_SEED, number, refuse, show } from '../arguments.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { argumentWords } from '../messages/arguments.ts';
import { trainOptionWords as words } from '../messages/train-options.ts';
import type { ResolvedTrainOptions, TrainOptions, UpdateOptions } from './options.ts';

/** Most updates of a training, or of a round. */
export const MOST_UPDATES = 1_000_000;

/** `data`. @param remedy what a refusal ends with, one of `trainOptionWords.giveTexts` */
export function checkTexts(data: unknown, remedy: string): asserts data is string[] {
  if (Array.isArray(data) && data.every((text) => typeof text === 'string')) return;
  throw refuse(words.data(show(data), remedy));
}

/**
 * Check what every training takes, and fill in what is left out.
 * @param rate the learning rate where none is given
 * @throws UnmaskError 'argument' naming the field, its value and what it may hold
 */
export function resolveUpdate(o: UpdateOptions, config: ModelConfig, rate: number): Required<UpdateOptions> {
  const { ranges } = argumentWords;
  const resolved: Required<UpdateOptions> = {
    batch: integer('batch', o.batch ?? 32, 1, 512),
    accumulate: integer('accumulate', o.accumulate ?? 1, 1, 512),
    length: integer('length', o.length ?? Math.min(32, config.length), 2, config.length),
    learningRate: number(
      'learningRate',
      o.learningRate ?? rate,
      (value) => value > 0 && value <= 1,
      ranges.positiveTo(1),
    ),
    warmup: integer('warmup', o.warmup ?? 20, 0, 1_000_000),
    clip: number('clip', o.clip ?? 1, (clip) => clip > 0, ranges.positive),
    weightDecay: number(
      'weightDecay',
      o.weightDecay ?? 0,
      (decay) => decay >= 0 && decay <= 1,
      ranges.zeroToOne,
    ),
    ema: number('ema', o.ema ?? 0.9999, (decay) => decay >= 0 && decay < 1, ranges.zeroToBelowOne),
    seed: integer('seed', o.seed ?? 0, 0, LARGEST_SEED),
  };
  const { batch, length } = resolved;
  if (batch * length > MAX_EMBEDDING_ROWS) {
    const most = Math.floor(MAX_EMBEDDING_ROWS / length);
    throw refuse(words.batch(batch, length, batch * length, most));
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
  if (loss !== fits) throw refuse(words.loss[loss](config.name));
  return { loss, updates: integer('updates', o.updates, 1, MOST_UPDATES), ...resolveUpdate(o, config, 3e-4) };
}
