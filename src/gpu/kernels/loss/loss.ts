import { defineKernel, type Constants } from '../../kernel.ts';
import reduceWgsl from '../reduce.wgsl?raw';
import softmaxWgsl from '../row-softmax.wgsl?raw';
import chunkWgsl from './chunk.wgsl?raw';
import crossEntropyWgsl from './cross-entropy.wgsl?raw';
import distillLossWgsl from './distill-loss.wgsl?raw';

/** How a student is held against a target; the order is that of LOSS in distill-loss.wgsl, which has the formulas. */
export const DIVERGENCES = ['kl-bwd', 'kl-fwd', 'mse', 'tvd'] as const;
export type Divergence = (typeof DIVERGENCES)[number];

/** Divergence of each slot from its target, and the gradient in place of the logits; one workgroup a row. */
export const DISTILL_LOSS = defineKernel(
  'distill-loss',
  [reduceWgsl, softmaxWgsl, chunkWgsl, distillLossWgsl],
  {
    logits: 'read-write',
    targets: 'read',
    loss: 'read-write',
    chunk: 'dynamic-uniform',
  },
);

/** Weighted -log p of each slot's label, and the gradient in place of the logits; one workgroup a row. */
export const CROSS_ENTROPY = defineKernel(
  'cross-entropy',
  [reduceWgsl, softmaxWgsl, chunkWgsl, crossEntropyWgsl],
  {
    logits: 'read-write',
    labels: 'read',
    weights: 'read',
    loss: 'read-write',
    chunk: 'dynamic-uniform',
  },
);

/** Constants of DISTILL_LOSS. */
export function distillConstants(loss: Divergence): Constants {
  return { LOSS: DIVERGENCES.indexOf(loss) };
}

/** What one launch of a loss works on; the fields of `Chunk` in chunk.wgsl. */
export interface Chunk {
  /** The slot of the chunk's first row. */
  first: number;
  /** Rows; a launch of more workgroups than that leaves the others alone. */
  count: number;
  /** Columns, the mask's included. */
  vocabulary: number;
  /** Values from one row to the next, a multiple of 4. */
  stride: number;
  /** Factor of the gradients: what turns the sum of the slots' losses into the loss of the batch. */
  scale: number;
}

/** Bytes of one chunk, as a launch binds it. */
export const CHUNK_BYTES = 32;

/** Bytes from one chunk to the next: the alignment of dynamic offsets that every device takes. */
export const CHUNK_STRIDE = 256;

/** Put chunks into one buffer, for launches at offsets i * CHUNK_STRIDE. */
export function chunkUniforms(chunks: readonly Chunk[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((chunks.length * CHUNK_STRIDE) / 4);
  const floats = new Float32Array(words.buffer);
  chunks.forEach(({ first, count, vocabulary, stride, scale }, i) => {
    const at = (i * CHUNK_STRIDE) / 4;
    words.set([first, count, vocabulary, stride / 4], at);
    floats[at + 4] = scale;
  });
  return words;
}
