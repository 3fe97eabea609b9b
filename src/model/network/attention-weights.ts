/** What a head of the network gives weight to; for inspection, and no part of a pass. */
import { StagingRing } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import {
  ATTENTION_WEIGHTS,
  attentionWeightsBytes,
  attentionWeightsConstants,
  attentionWeightsUniform,
} from '../../gpu/kernels/attention-weights/attention-weights.ts';
import { submit } from '../../gpu/recorder.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { webgpuWords } from '../messages/webgpu.ts';

/**
 * Softmax weights of one head over one text. What it takes of the GPU is freed again.
 * @param qkv of the head's block, [length, 3, heads, headSize], q and k rotated
 * @param head from 0
 * @returns [length, length]; row i is what position i reads
 * @throws GpuOutOfMemory where the weights do not fit
 */
export async function readAttentionWeights(
  gpu: Gpu,
  qkv: GPUBuffer,
  { name, kind, hidden, heads }: ModelConfig,
  length: number,
  head: number,
): Promise<Float32Array> {
  const constants = attentionWeightsConstants(hidden / heads, kind === 'causal');
  const kernel = await gpu.kernels.compile(ATTENTION_WEIGHTS, constants);
  const bytes = attentionWeightsBytes(length);
  const what = webgpuWords.buffers.attention(name, length);
  const arena = gpu.memory.arena(what);
  try {
    const { weights, ring, shape } = await arena.checked(what, 2 * bytes, () => ({
      weights: arena.storage('weights', bytes),
      ring: new StagingRing(arena, bytes, 1),
      shape: arena.uniformOf('shape', attentionWeightsUniform({ heads, head, length })),
    }));
    const slot = await ring.take();
    const launch = kernel.bind({ shape, qkv, weights });
    submit(gpu, [launch([length])], [{ from: weights, to: slot.buffer, bytes }]);
    return new Float32Array(await slot.read(bytes));
  } finally {
    arena.destroy();
  }
}
