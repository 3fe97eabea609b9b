import { defineKernel, type BindingKind, type Constants } from '../../kernel.ts';
import spanWgsl from '../span.wgsl?raw';
import attentionWgsl from './attention.wgsl?raw';
import decodeWgsl from './attention-decode.wgsl?raw';
import saveLseWgsl from './save-lse.wgsl?raw';
import saveNoneWgsl from './save-none.wgsl?raw';

const BINDINGS: Record<'shape' | 'qkv' | 'y' | 'span', BindingKind> = {
  shape: 'uniform',
  qkv: 'read',
  y: 'read-write',
  span: 'dynamic-uniform',
};

/** Attention, bidirectional or causal; shapes and limits in attention.wgsl. */
export const ATTENTION = defineKernel('attention', [spanWgsl, attentionWgsl, saveNoneWgsl], BINDINGS);

/** The same, which keeps what its backward needs besides y: lse [rows, heads], log of the sum of exp of a query's scores. */
export const ATTENTION_SAVE = defineKernel('attention-save', [spanWgsl, attentionWgsl, saveLseWgsl], {
  ...BINDINGS,
  lse: 'read-write',
});

/** Causal attention of one query a text over all keys so far: a step of decoding. One workgroup a head. */
export const ATTENTION_DECODE = defineKernel('attention-decode', [spanWgsl, decodeWgsl], BINDINGS);

/** Head sizes that the tiles are made for. */
export const MAX_HEAD_SIZE = 128;

/** Queries and keys that a workgroup takes at a time. */
export interface AttentionVariant {
  queries: number;
  keys: number;
  queriesPerThread: number;
}

/** Lanes that share the queries of a thread. */
const LANES = 8;
/** For long texts on GPUs, where memory allows. */
const LONG: readonly AttentionVariant[] = [
  { queries: 32, keys: 32, queriesPerThread: 4 },
  { queries: 32, keys: 16, queriesPerThread: 4 },
];
/** Workgroup memory that every device has. */
export const WORKGROUP_BYTES = 16_384;

/** @throws Error for head sizes that are no multiple of 4 or above 128 */
export function checkHeadSize(headSize: number): void {
  if (headSize % 4 !== 0 || headSize < 4 || headSize > MAX_HEAD_SIZE) {
    throw new Error(`attention heads of size ${headSize}: a multiple of 4 up to ${MAX_HEAD_SIZE} is needed`);
  }
}

/** Bytes of workgroup memory of a variant. */
export function attentionBytes(v: AttentionVariant, headSize: number): number {
  return 4 * ((v.queries + v.keys) * (headSize + 4) + v.queries * (v.keys + 8));
}

/**
 * A short text gets few queries a workgroup, so that there are enough of them; a long one gets as many as memory
 * allows, since each tile of keys is then read for more queries.
 * @param software the adapter is a CPU, which would rather have few threads with more work each
 * @throws Error for head sizes that are no multiple of 4 or above 128
 */
export function attentionVariant(headSize: number, length: number, software = false): AttentionVariant {
  checkHeadSize(headSize);
  const candidates: AttentionVariant[] =
    length <= 128 && !software
      ? [{ queries: 8, keys: 32, queriesPerThread: 1 }]
      : [...(software ? [] : LONG), { queries: 16, keys: 16, queriesPerThread: 2 }];
  // The smallest fits every head size.
  const smallest: AttentionVariant = { queries: 8, keys: 16, queriesPerThread: 1 };
  return candidates.find((v) => attentionBytes(v, headSize) <= WORKGROUP_BYTES) ?? smallest;
}

/** Constants of attention.wgsl. @param causal each query sees only the keys up to its own position */
export function attentionConstants(v: AttentionVariant, headSize: number, causal = false): Constants {
  return {
    CAUSAL: causal,
    HEAD_SIZE: headSize,
    QUERIES: v.queries,
    KEYS: v.keys,
    QUERIES_PER_THREAD: v.queriesPerThread,
    KEYS_PER_LANE: v.keys / LANES,
    OUTPUTS: Math.ceil(headSize / 4 / LANES),
  };
}

/** Workgroups for a batch. @param count queries of each sample */
export function attentionWorkgroups(
  v: AttentionVariant,
  count: number,
  heads: number,
  samples: number,
): [number, number, number] {
  return [Math.ceil(count / v.queries), heads, samples];
}
