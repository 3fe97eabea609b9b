import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import {
  attention,
  attentionLse,
  type AttentionReferenceShape,
} from '../kernels/attention/attention.reference.ts';
import {
  ATTENTION,
  ATTENTION_DECODE,
  ATTENTION_SAVE,
  attentionConstants,
  attentionVariant,
  attentionWorkgroups,
} from '../kernels/attention/attention.ts';
import { inSpan, spanUniforms, type Span } from '../kernels/span.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

export type AttentionShape = AttentionReferenceShape;

/** How to run it. */
export interface AttentionRun {
  /** Take the variant of adapters that are a CPU. */
  software?: boolean;
  /** Queries to answer (default: all). */
  span?: Span;
  /** By the kernel for one query. */
  decode?: boolean;
  /** Keys that `decode` takes at a time. */
  keys?: number;
  /** Keep the log-sum-exp of the scores, for training. */
  save?: boolean;
}

/**
 * Attention on the GPU, in the variant for this length.
 * @param qkv [samples * length, 3, heads, size]
 * @returns y [samples * length, heads, size], and, where it is kept, lse [samples * length, heads]; 0 for queries outside the
 *   span
 */
async function launchAttention(
  gpu: Gpu,
  arena: Arena,
  qkv: Float32Array<ArrayBuffer>,
  shape: AttentionShape,
  {
    software = false,
    decode = false,
    save = false,
    keys,
    span = { first: 0, count: shape.length },
  }: AttentionRun,
): Promise<{ y: Float32Array; lse: Float32Array }> {
  const { samples, length, heads, size, causal = false } = shape;
  const v = attentionVariant(size, span.count, software);
  const y = arena.storage('y', (4 * qkv.length) / 3);
  const lse = arena.storage('lse', 4 * samples * length * heads);
  const buffers = {
    shape: arena.uniformOf('shape', Uint32Array.of(heads)),
    qkv: arena.storageOf('qkv', qkv),
    y,
    span: arena.uniformOf('span', spanUniforms([span], { samples, length })),
  };
  const { kernels } = gpu;
  const constants = attentionConstants(v, size, causal);
  const launch = save
    ? (await kernels.compile(ATTENTION_SAVE, constants)).bind({ ...buffers, lse })
    : decode
      ? (
          await kernels.compile(ATTENTION_DECODE, {
            HEAD_SIZE: size,
            ...(keys === undefined ? {} : { KEYS: keys }),
          })
        ).bind(buffers)
      : (await kernels.compile(ATTENTION, constants)).bind(buffers);
  const workgroups = decode
    ? ([1, heads, samples] as const)
    : attentionWorkgroups(v, span.count, heads, samples);
  submit(gpu, [launch(workgroups, 0)]);
  return {
    y: new Float32Array(await readBuffer(gpu, y)),
    lse: new Float32Array(await readBuffer(gpu, lse)),
  };
}

/** As `launchAttention`; y alone. */
export async function runAttention(
  gpu: Gpu,
  arena: Arena,
  qkv: Float32Array<ArrayBuffer>,
  shape: AttentionShape,
  run: AttentionRun = {},
): Promise<Float32Array> {
  return (await launchAttention(gpu, arena, qkv, shape, run)).y;
}

/** Error of random q, k and v, of which q and k are `scale` times standard normals. */
export async function attentionError(
  gpu: Gpu,
  arena: Arena,
  shape: AttentionShape,
  { scale = 1, ...run }: AttentionRun & { scale?: number } = {},
): Promise<number> {
  const { samples, length, heads, size } = shape;
  const span = run.span ?? { first: 0, count: length };
  const width = heads * size;
  const qkv = normals(length + size, samples * length * 3 * width).map((value, i) =>
    i % (3 * width) < 2 * width ? scale * value : value,
  );
  const { y, lse } = await launchAttention(gpu, arena, qkv, shape, run);
  const within = (values: Float64Array, columns: number): Float64Array =>
    values.map((value, i) => (inSpan(span, Math.floor(i / columns), length) ? value : 0));
  return Math.max(
    largestError(y, within(attention(qkv, shape), width)),
    run.save ? largestError(lse, within(attentionLse(qkv, shape), heads)) : 0,
  );
}

function check(
  size: number,
  lengths: readonly number[],
  { software = false, gpuOnly = false, causal = false, save = false } = {},
): KernelCheck {
  const { queries, keys } = attentionVariant(size, lengths[0], software);
  const what = checkWords.attention(size, lengths, queries, keys);
  return overCases(
    {
      kernel: save ? 'attention-save' : 'attention',
      what: causal ? checkWords.causal(what) : what,
      bound: 3e-6,
      measure: 'relative',
      gpuOnly,
    },
    lengths,
    (gpu, arena, length) => {
      const shape = { samples: length > 64 ? 1 : 2, length, heads: length > 64 ? 1 : 2, size, causal };
      return attentionError(gpu, arena, shape, { software, save });
    },
  );
}

/** The last query of two texts, with a chunk of keys that is full, and one key more. */
function decodeCheck(size: number, keys: number, lengths: readonly number[]): KernelCheck {
  const before = lengths.map((length) => length - 1);
  return overCases(
    {
      kernel: 'attention-decode',
      what: checkWords.attentionDecode(size, before, keys),
      bound: 3e-6,
      measure: 'relative',
    },
    lengths,
    (gpu, arena, length) =>
      attentionError(
        gpu,
        arena,
        { samples: 2, length: length + 2, heads: 2, size, causal: true },
        { decode: true, keys, span: { first: length - 1, count: 1 } },
      ),
  );
}

const SHORT = [1, 33, 128];

/** Those of training, of short texts and of software adapters: `save` changes no sum. */
export const ATTENTION_SAVE_CHECKS: readonly KernelCheck[] = [
  check(16, [1, 33], { save: true, software: true }),
  check(16, [1, 33], { save: true, causal: true }),
];

/** Every variant: those of short and long texts, and that of software adapters. */
export const ATTENTION_CHECKS: readonly KernelCheck[] = [
  check(16, SHORT),
  check(64, SHORT, { gpuOnly: true }),
  check(64, SHORT, { software: true }),
  check(128, SHORT),
  check(64, SHORT, { software: true, causal: true }),
  check(64, SHORT, { causal: true, gpuOnly: true }),
  decodeCheck(64, 512, [1, 2, 129, 514]),
  decodeCheck(20, 16, [16, 17, 33]),
  ...[32, 64, 96].map((size) => check(size, [129, 160], { gpuOnly: true })),
];
