import { defineKernel, type Constants } from '../../kernel.ts';
import { checkHeadSize } from '../attention/attention.ts';
import reduceWgsl from '../reduce.wgsl?raw';
import weightsWgsl from './attention-weights.wgsl?raw';

/** Softmax weights of one head of one text, stored; shapes and limits in attention-weights.wgsl. One workgroup a query. */
export const ATTENTION_WEIGHTS = defineKernel('attention-weights', [reduceWgsl, weightsWgsl], {
  shape: 'uniform',
  qkv: 'read',
  weights: 'read-write',
});

/**
 * Constants of attention-weights.wgsl.
 * @param causal each query sees only the keys up to its own position
 * @throws Error for head sizes that attention does not take
 */
export function attentionWeightsConstants(headSize: number, causal = false): Constants {
  checkHeadSize(headSize);
  return { HEAD_SIZE: headSize, CAUSAL: causal };
}

/** `Shape` of attention-weights.wgsl. @param head of `heads`, from 0 */
export function attentionWeightsUniform({
  heads,
  head,
  length,
}: {
  heads: number;
  head: number;
  length: number;
}): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(heads, head, length);
}

/** Bytes of the weights of a text. */
export function attentionWeightsBytes(length: number): number {
  return 4 * length * length;
}
