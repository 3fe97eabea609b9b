import { UnmaskError } from '../../model/errors.ts';
import { checkSample } from '../arguments.ts';
import { distillServiceWords } from '../messages/distill/services.ts';
import type { OpenModel } from '../models.ts';
import { sample } from '../sample.ts';
import type { DistillContext } from './services.ts';

/** Texts that are written together, so that there is progress to tell. */
const BATCH = 32;
/** As the bundled texts were written. */
const STEPS = 64;

/**
 * Have a model write texts, by the ancestral sampler at temperature 1 in 64 steps.
 * @returns token ids, `length` each, the one that begins a text included
 * @throws UnmaskError 'aborted'
 */
export async function writeTexts(
  model: OpenModel,
  { count, length, seed }: { count: number; length: number; seed: number },
  { signal, onDistill }: DistillContext,
): Promise<number[][]> {
  const { info, checkpoint } = model;
  const denoiser = await model.denoiser();
  const texts: number[][] = [];
  while (texts.length < count) {
    if (signal?.aborted) throw new UnmaskError('aborted', distillServiceWords.writingCancelled);
    const asked = { model: info.id, length, steps: STEPS, count: Math.min(BATCH, count - texts.length) };
    // Each batch has a seed of its own: samples are counted from 0 in every one.
    const batchSeed = (seed + texts.length) % 2 ** 32;
    const checked = checkSample({ ...asked, seed: batchSeed }, checkpoint.config, checkpoint.tokenizer);
    const { tokens } = await sample(
      info.id,
      denoiser,
      checkpoint.tokenizer,
      checked,
      signal ? { signal } : {},
    );
    texts.push(...tokens);
    onDistill?.({ kind: 'writing', done: texts.length, total: count });
  }
  return texts;
}
