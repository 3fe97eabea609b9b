import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { attentionBackward } from '../kernels/attention-backward/attention-backward.reference.ts';
import {
  ATTENTION_BACKWARD_KEY,
  ATTENTION_BACKWARD_QUERY,
  attentionBackwardConstants,
  attentionBackwardUniform,
  attentionBackwardVariant,
  attentionBackwardWorkgroups,
  type AttentionBackwardVariant,
} from '../kernels/attention-backward/attention-backward.ts';
import { attention, attentionLse } from '../kernels/attention/attention.reference.ts';
import { readBuffer, submit } from '../recorder.ts';
import type { AttentionShape } from './attention.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/** cos and sin of the rotary angles of each position, [length, size]. */
function rotaryAngles(length: number, size: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: length * size }, (_, i) => {
    const pair = Math.floor((i % size) / 2);
    const angle = Math.floor(i / size) * 10_000 ** ((-2 * pair) / size);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** How to run it. */
export interface AttentionBackwardRun {
  /** Take the variant of adapters that are a CPU. */
  software?: boolean;
  /** Take this variant. */
  variant?: AttentionBackwardVariant;
  /** Queries and keys are so many times standard normals. */
  scale?: number;
}

/** Error of the gradients of random q, k and v, by both kernels. */
export async function attentionBackwardError(
  gpu: Gpu,
  arena: Arena,
  shape: AttentionShape,
  { software = false, scale = 1, variant }: AttentionBackwardRun = {},
): Promise<number> {
  const { samples, length, heads, size, causal = false } = shape;
  const width = heads * size;
  const rows = samples * length;
  const qkv = normals(length + size, rows * 3 * width).map((value, i) =>
    i % (3 * width) < 2 * width ? scale * value : value,
  );
  const dy = normals(length, rows * width);
  const v = variant ?? attentionBackwardVariant(size, length, software);
  const constants = attentionBackwardConstants(v, size, causal);
  const dqkv = arena.storage('dqkv', 4 * qkv.length);
  const delta = arena.storage('delta', 4 * rows * heads);
  const buffers = {
    shape: arena.uniformOf('shape', attentionBackwardUniform(heads, length)),
    qkv: arena.storageOf('qkv', qkv),
    dy: arena.storageOf('dy', dy),
    lse: arena.storageOf('lse', Float32Array.from(attentionLse(qkv, shape))),
    angles: arena.storageOf('angles', rotaryAngles(length, size)),
    ...{ dqkv, delta },
  };
  const [ofQueries, ofKeys] = await Promise.all([
    gpu.kernels.compile(ATTENTION_BACKWARD_QUERY[v.kind], constants),
    gpu.kernels.compile(ATTENTION_BACKWARD_KEY[v.kind], constants),
  ]);
  const y = arena.storageOf('y', Float32Array.from(attention(qkv, shape)));
  const workgroups = attentionBackwardWorkgroups(v, length, heads, samples);
  submit(gpu, [ofQueries.bind({ ...buffers, y })(workgroups), ofKeys.bind(buffers)(workgroups)]);
  return largestError(new Float32Array(await readBuffer(gpu, dqkv)), attentionBackward(qkv, dy, shape));
}

/** Checks of either kernel, which run one after the other. */
function checks(
  size: number,
  lengths: readonly number[],
  { software = false, gpuOnly = false, causal = false } = {},
): KernelCheck[] {
  const v = attentionBackwardVariant(size, lengths[0], software);
  const { tiled, direct } = checkWords.attentionBackward;
  const what = v.kind === 'tiled' ? tiled(size, lengths, v.rows, v.tile) : direct(size, lengths);
  return [ATTENTION_BACKWARD_QUERY, ATTENTION_BACKWARD_KEY].map((kernels) =>
    overCases(
      {
        kernel: kernels[v.kind].name,
        what: causal ? checkWords.causal(what) : what,
        bound: 3e-6,
        measure: 'relative',
        gpuOnly,
      },
      lengths,
      (gpu, arena, length) => {
        const few = length > 64;
        const shape = { samples: few ? 1 : 2, length, heads: few ? 1 : 2, size, causal };
        return attentionBackwardError(gpu, arena, shape, { software });
      },
    ),
  );
}

/** Every variant: that of software adapters, and those of short and of long texts. Small heads are quick to compile there. */
export const ATTENTION_BACKWARD_CHECKS: readonly KernelCheck[] = [
  ...checks(64, [1, 33], { software: true }),
  ...checks(20, [1, 33], { software: true, causal: true }),
  ...checks(4, [1, 33]),
  ...[16, 64, 112, 128].flatMap((size) => checks(size, [1, 33], { gpuOnly: true })),
  ...checks(64, [33, 128], { causal: true, gpuOnly: true }),
  ...[32, 64].flatMap((size) => checks(size, [129, 160], { gpuOnly: true })),
];
