import { defineKernel } from '../../kernel.ts';
import randomWgsl from '../../random.wgsl?raw';
import reduceWgsl from '../reduce.wgsl?raw';
import softmaxWgsl from '../row-softmax.wgsl?raw';
import targetWgsl from './target.wgsl?raw';

/**
 * Logits to log-probabilities in place, and with the constant DRAW a token drawn from each row; one workgroup a slot. Without
 * DRAW, `rows` and `tokens` are bound and not used.
 */
export const TARGET = defineKernel('target', [randomWgsl, reduceWgsl, softmaxWgsl, targetWgsl], {
  logits: 'read-write',
  rows: 'read',
  tokens: 'read-write',
  task: 'dynamic-uniform',
});

/** What one launch makes targets of; the fields of `Target` in target.wgsl. */
export interface TargetTask {
  /** First slot. */
  first: number;
  /** Slots; a launch of more workgroups than that leaves the others alone. */
  count: number;
  /** Columns, the mask's included. */
  vocabulary: number;
  /** Values from one slot to the next, a multiple of 4. */
  stride: number;
  seed: number;
  /** Index of the batch's first sample among those of the seed. */
  firstSample: number;
  /** Rows of a sample. */
  length: number;
  /** Which of the draws for its position this is (default 0). */
  draw?: number;
}

/** Bytes of one task, as a launch binds it. */
export const TARGET_BYTES = 32;

/** Bytes from one task to the next: the alignment of dynamic offsets that every device takes. */
export const TARGET_STRIDE = 256;

/** Put tasks into one buffer, for launches at offsets i * TARGET_STRIDE. */
export function targetUniforms(tasks: readonly TargetTask[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((tasks.length * TARGET_STRIDE) / 4);
  tasks.forEach(({ first, count, vocabulary, stride, seed, firstSample, length, draw = 0 }, i) => {
    words.set(
      [first, count, vocabulary, stride / 4, seed, firstSample, length, draw],
      (i * TARGET_STRIDE) / 4,
    );
  });
  return words;
}
