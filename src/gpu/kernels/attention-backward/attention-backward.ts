import { defineKernel, type BindingKind, type Constants } from '../../kernel.ts';
import { checkHeadSize, WORKGROUP_BYTES } from '../attention/attention.ts';
import backwardWgsl from './attention-backward.wgsl?raw';
import sideKeyWgsl from './side-key.wgsl?raw';
import sideQueryWgsl from './side-query.wgsl?raw';

const BINDINGS: Record<'shape' | 'qkv' | 'dy' | 'lse' | 'angles' | 'dqkv', BindingKind> = {
  shape: 'uniform',
  qkv: 'read',
  dy: 'read',
  lse: 'read',
  angles: 'read',
  dqkv: 'read-write',
};

/** Gradient of the queries, and delta for ATTENTION_BACKWARD_KEY; shapes in attention-backward.wgsl. */
export const ATTENTION_BACKWARD_QUERY = defineKernel(
  'attention-backward-query',
  [backwardWgsl, sideQueryWgsl],
  { ...BINDINGS, y: 'read', delta: 'read-write' },
);

/** Gradients of keys and values; behind ATTENTION_BACKWARD_QUERY. */
export const ATTENTION_BACKWARD_KEY = defineKernel('attention-backward-key', [backwardWgsl, sideKeyWgsl], {
  ...BINDINGS,
  delta: 'read',
});

/** Rows that a workgroup has, of queries or of keys, and those of the others that pass by at a time. */
export interface AttentionBackwardVariant {
  rows: number;
  tile: number;
  rowsPerThread: number;
}

const LANES = 8;
const SHORT: readonly AttentionBackwardVariant[] = [{ rows: 8, tile: 32, rowsPerThread: 1 }];
const LONG: readonly AttentionBackwardVariant[] = [
  { rows: 32, tile: 16, rowsPerThread: 4 },
  { rows: 16, tile: 16, rowsPerThread: 2 },
];
const SOFTWARE: readonly AttentionBackwardVariant[] = [{ rows: 16, tile: 16, rowsPerThread: 2 }];
/** What is left where none of these fits; the last fits every head size. */
const SMALL: readonly AttentionBackwardVariant[] = [
  { rows: 8, tile: 16, rowsPerThread: 1 },
  { rows: 8, tile: 8, rowsPerThread: 1 },
];

/** Bytes of workgroup memory of a variant. */
export function attentionBackwardBytes(v: AttentionBackwardVariant, headSize: number): number {
  return 4 * ((2 * v.rows + v.tile) * (headSize + 4) + v.rows * v.tile + 2 * Math.max(v.rows, v.tile));
}

/**
 * Chosen as those of the forward pass are (attentionVariant), for both sides.
 * @param length of a text, the longest there may be
 * @param software the adapter is a CPU, which would rather have few threads with more work each
 * @throws Error for head sizes that are no multiple of 4 or above 128
 */
export function attentionBackwardVariant(
  headSize: number,
  length: number,
  software = false,
): AttentionBackwardVariant {
  checkHeadSize(headSize);
  const candidates = [...(software ? SOFTWARE : length <= 128 ? SHORT : LONG), ...SMALL];
  return candidates.find((v) => attentionBackwardBytes(v, headSize) <= WORKGROUP_BYTES) ?? SMALL[1];
}

/** Constants of attention-backward.wgsl. @param causal each query sees only the keys up to its own position */
export function attentionBackwardConstants(
  v: AttentionBackwardVariant,
  headSize: number,
  causal = false,
): Constants {
  return {
    CAUSAL: causal,
    HEAD_SIZE: headSize,
    ROWS: v.rows,
    TILE: v.tile,
    ROWS_PER_THREAD: v.rowsPerThread,
    TILE_PER_LANE: v.tile / LANES,
    OUTPUTS: Math.ceil(headSize / 4 / LANES),
  };
}

/** The uniform of attention-backward.wgsl. @param length rows of a sample */
export function attentionBackwardUniform(heads: number, length: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(heads, length);
}

/** Workgroups of either side for a batch. */
export function attentionBackwardWorkgroups(
  v: AttentionBackwardVariant,
  length: number,
  heads: number,
  samples: number,
): [number, number, number] {
  return [Math.ceil(length / v.rows), heads, samples];
}
