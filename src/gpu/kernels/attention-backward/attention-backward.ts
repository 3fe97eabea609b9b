import { defineKernel, type BindingKind, type Constants, type Kernel } from '../../kernel.ts';
import { checkHeadSize, WORKGROUP_BYTES } from '../attention/attention.ts';
import directWgsl from './attention-backward-direct.wgsl?raw';
import tiledWgsl from './attention-backward.wgsl?raw';
import shapeWgsl from './backward-shape.wgsl?raw';
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

/** The loops, by kind of variant. */
const LOOPS = {
  tiled: { wgsl: tiledWgsl, suffix: '' },
  direct: { wgsl: directWgsl, suffix: '-direct' },
} as const;

type Kind = keyof typeof LOOPS;

const bothLoops = <Name extends string>(
  name: string,
  sideWgsl: string,
  bindings: Record<Name, BindingKind>,
): Record<Kind, Kernel<Name | keyof typeof BINDINGS>> => {
  const make = (kind: Kind): Kernel<Name | keyof typeof BINDINGS> => {
    const { wgsl, suffix } = LOOPS[kind];
    return defineKernel(name + suffix, [shapeWgsl, wgsl, sideWgsl], { ...BINDINGS, ...bindings });
  };
  return { tiled: make('tiled'), direct: make('direct') };
};

/** Gradient of the queries, and delta for ATTENTION_BACKWARD_KEY, by kind of variant; shapes in attention-backward.wgsl. */
export const ATTENTION_BACKWARD_QUERY = bothLoops('attention-backward-query', sideQueryWgsl, {
  y: 'read',
  delta: 'read-write',
});

/** Gradients of keys and values, by kind of variant; to be launched behind ATTENTION_BACKWARD_QUERY. */
export const ATTENTION_BACKWARD_KEY = bothLoops('attention-backward-key', sideKeyWgsl, { delta: 'read' });

/** Rows that a workgroup has, of queries or of keys, and those of the others that pass by at a time. */
export interface TiledBackward {
  kind: 'tiled';
  rows: number;
  tile: number;
  rowsPerThread: number;
}

/** A thread has a row, for adapters that are a CPU. */
export interface DirectBackward {
  kind: 'direct';
}

export type AttentionBackwardVariant = TiledBackward | DirectBackward;

const LANES = 8;
/** Threads of attention-backward-direct.wgsl. */
const DIRECT_ROWS = 16;
const tiled = (rows: number, tile: number, rowsPerThread: number): TiledBackward => ({
  ...{ kind: 'tiled', rows, tile, rowsPerThread },
});
const SHORT = [tiled(8, 32, 1)];
const LONG = [tiled(32, 16, 4), tiled(16, 16, 2)];
/** What is left where none of these fits; the last fits every head size. */
const SMALLEST = tiled(8, 8, 1);
const SMALL = [tiled(8, 16, 1), SMALLEST];

/** Bytes of workgroup memory of a variant. */
export function attentionBackwardBytes(v: TiledBackward, headSize: number): number {
  return 4 * ((2 * v.rows + v.tile) * (headSize + 4) + v.rows * v.tile + 2 * Math.max(v.rows, v.tile));
}

/**
 * Chosen as those of the forward pass are (attentionVariant), for both sides.
 * @param length of a text, the longest there may be
 * @param software the adapter is a CPU
 * @throws Error for head sizes that are no multiple of 4 or above 128
 */
export function attentionBackwardVariant(
  headSize: number,
  length: number,
  software = false,
): AttentionBackwardVariant {
  checkHeadSize(headSize);
  if (software) return { kind: 'direct' };
  const candidates = [...(length <= 128 ? SHORT : LONG), ...SMALL];
  return candidates.find((v) => attentionBackwardBytes(v, headSize) <= WORKGROUP_BYTES) ?? SMALLEST;
}

/** Constants of either kernel. @param causal each query sees only the keys up to its own position */
export function attentionBackwardConstants(
  v: AttentionBackwardVariant,
  headSize: number,
  causal = false,
): Constants {
  const shape = { CAUSAL: causal, HEAD_SIZE: headSize };
  if (v.kind === 'direct') return shape;
  return {
    ...shape,
    ROWS: v.rows,
    TILE: v.tile,
    ROWS_PER_THREAD: v.rowsPerThread,
    TILE_PER_LANE: v.tile / LANES,
    OUTPUTS: Math.ceil(headSize / 4 / LANES),
    STATS: Math.max(v.rows, v.tile),
  };
}

/** The uniform of either kernel. @param length rows of a sample */
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
  return [Math.ceil(length / (v.kind === 'tiled' ? v.rows : DIRECT_ROWS)), heads, samples];
}
