import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { attention } from '../kernels/attention/attention.reference.ts';
import {
  ATTENTION,
  attentionConstants,
  attentionVariant,
  attentionWorkgroups,
} from '../kernels/attention/attention.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { largestError, normals } from './numbers.ts';

export interface AttentionShape {
  samples: number;
  length: number;
  heads: number;
  size: number;
}

/**
 * Attention on the GPU, in the variant for this length.
 * @param qkv [samples * length, 3, heads, size]
 * @param software take the variant of adapters that are a CPU
 * @returns [samples * length, heads, size]
 */
export async function runAttention(
  gpu: Gpu,
  arena: Arena,
  qkv: Float32Array<ArrayBuffer>,
  shape: AttentionShape,
  software = false,
): Promise<Float32Array> {
  const { samples, length, heads, size } = shape;
  const v = attentionVariant(size, length, software);
  const y = arena.storage('y', (4 * qkv.length) / 3);
  const kernel = await gpu.kernels.compile(ATTENTION, attentionConstants(v, size));
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', Uint32Array.of(length, heads)),
    qkv: arena.storageOf('qkv', qkv),
    y,
  });
  submit(gpu, [launch(attentionWorkgroups(v, length, heads, samples))]);
  return new Float32Array(await readBuffer(gpu, y));
}

/** Error of random q, k and v, of which q and k are `scale` times standard normals. */
export async function attentionError(
  gpu: Gpu,
  arena: Arena,
  shape: AttentionShape,
  { scale = 1, software = false } = {},
): Promise<number> {
  const { samples, length, heads, size } = shape;
  const width = heads * size;
  const qkv = normals(length + size, samples * length * 3 * width).map((value, i) =>
    i % (3 * width) < 2 * width ? scale * value : value,
  );
  return largestError(await runAttention(gpu, arena, qkv, shape, software), attention(qkv, shape));
}

function check(
  size: number,
  lengths: readonly number[],
  { software = false, gpuOnly = false } = {},
): KernelCheck {
  const { queries, keys } = attentionVariant(size, lengths[0], software);
  return overCases(
    {
      kernel: 'attention',
      what: `heads of ${size}, texts of ${lengths.join(', ')} tokens, tiles of ${queries} queries and ${keys} keys`,
      bound: 3e-6,
      measure: 'relative',
      gpuOnly,
    },
    lengths,
    (gpu, arena, length) => {
      const shape = { samples: length > 64 ? 1 : 2, length, heads: length > 64 ? 1 : 2, size };
      return attentionError(gpu, arena, shape, { software });
    },
  );
}

const SHORT = [1, 33, 128];

/** Every variant: those of short and long texts, and that of software adapters. */
export const ATTENTION_CHECKS: readonly KernelCheck[] = [
  check(16, SHORT),
  check(64, SHORT, { gpuOnly: true }),
  check(64, SHORT, { software: true }),
  check(128, SHORT),
  ...[32, 64, 96].map((size) => check(size, [129, 160], { gpuOnly: true })),
];
