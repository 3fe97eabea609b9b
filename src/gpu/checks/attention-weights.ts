import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import type { AttentionReferenceShape } from '../kernels/attention/attention.reference.ts';
import { attentionWeights } from '../kernels/attention-weights/attention-weights.reference.ts';
import {
  ATTENTION_WEIGHTS,
  attentionWeightsBytes,
  attentionWeightsConstants,
  attentionWeightsUniform,
} from '../kernels/attention-weights/attention-weights.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/** One text, and the head that is looked at. */
export type AttentionWeightsShape = Omit<AttentionReferenceShape, 'samples'> & { head: number };

/**
 * Weights of one head on the GPU.
 * @param qkv [length, 3, heads, size]
 * @returns [length, length]
 */
export async function runAttentionWeights(
  gpu: Gpu,
  arena: Arena,
  qkv: Float32Array<ArrayBuffer>,
  { length, heads, size, head, causal = false }: AttentionWeightsShape,
): Promise<Float32Array> {
  const kernel = await gpu.kernels.compile(ATTENTION_WEIGHTS, attentionWeightsConstants(size, causal));
  const weights = arena.storage('weights', attentionWeightsBytes(length));
  // What an earlier use has left there is not taken for a weight.
  gpu.write(weights, 0, new Float32Array(length * length).fill(7));
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', attentionWeightsUniform({ heads, head, length })),
    qkv: arena.storageOf('qkv', qkv),
    weights,
  });
  submit(gpu, [launch([length])]);
  return new Float32Array(await readBuffer(gpu, weights));
}

/** Random q, k and v of a text, of which q and k are `scale` times standard normals: [length, 3, heads, size]. */
export function randomQkv(
  { length, heads, size }: AttentionWeightsShape,
  scale = 1,
): Float32Array<ArrayBuffer> {
  const width = heads * size;
  return normals(length + size, length * 3 * width).map((value, i) =>
    i % (3 * width) < 2 * width ? scale * value : value,
  );
}

/** Error of the weights of random q and k. */
export async function attentionWeightsError(
  gpu: Gpu,
  arena: Arena,
  shape: AttentionWeightsShape,
  scale = 1,
): Promise<number> {
  const qkv = randomQkv(shape, scale);
  return largestError(
    await runAttentionWeights(gpu, arena, qkv, shape),
    attentionWeights(qkv, shape, shape.head),
  );
}

function check(size: number, lengths: readonly number[], causal = false): KernelCheck {
  const what = checkWords.attentionWeights(size, lengths);
  return overCases(
    {
      kernel: 'attention-weights',
      what: causal ? checkWords.causal(what) : what,
      bound: 2e-6,
      measure: 'relative',
    },
    lengths,
    (gpu, arena, length) => attentionWeightsError(gpu, arena, { length, heads: 3, size, head: 1, causal }),
  );
}

/** Texts of fewer keys than a workgroup has threads, and of more. */
export const ATTENTION_WEIGHTS_CHECKS: readonly KernelCheck[] = [
  check(20, [1, 33, 257]),
  check(64, [1, 33], true),
];
