import randomWgsl from '../../random.wgsl?raw';
import recordWgsl from '../sample/record.wgsl?raw';
import { defineKernel, type BindingKind, type Constants, type Kernel } from '../../kernel.ts';
import { variantWords } from '../../messages.ts';
import finishNoneWgsl from './finish-none.wgsl?raw';
import finishSampleRowWgsl from './finish-sample-row.wgsl?raw';
import finishSampleTileWgsl from './finish-sample-tile.wgsl?raw';
import directWgsl from './gemm-direct.wgsl?raw';
import gemmWgsl from './gemm.wgsl?raw';
import geluWgsl from './output-gelu.wgsl?raw';
import plainWgsl from './output-plain.wgsl?raw';
import residualWgsl from './output-residual.wgsl?raw';
import ropeWgsl from './output-rope.wgsl?raw';
import rowsWgsl from './output-rows.wgsl?raw';
import sampleWgsl from './output-sample.wgsl?raw';
import selectionWgsl from './selection.wgsl?raw';
import rowWgsl from './gemm-row.wgsl?raw';
import scoreWgsl from './output-score.wgsl?raw';
import shapeWgsl from './shape.wgsl?raw';
import spanWgsl from '../span.wgsl?raw';
import weightF16Wgsl from './weight-f16.wgsl?raw';
import weightF32Wgsl from './weight-f32.wgsl?raw';

/** How a matrix is kept on the GPU; arithmetic is f32 either way. */
export type Storage = 'f16' | 'f32';

/** Bytes of a weight. */
export const STORED_BYTES: Readonly<Record<Storage, number>> = { f16: 2, f32: 4 };

/** Shape of the work of one workgroup of gemm.wgsl, where the constants are explained. */
export interface TiledVariant {
  readonly kind: 'tiled';
  readonly tileM: number;
  readonly tileN: number;
  readonly rows: number;
  readonly slices: number;
  readonly chunk: number;
}

/** Shape of the work of one thread of gemm-direct.wgsl. */
export interface DirectVariant {
  readonly kind: 'direct';
  readonly rows: number;
  /** Columns of a thread, in units of 4; at most 4. */
  readonly cols4: number;
  readonly threads: number;
}

/** Shape of the work of one workgroup of gemm-row.wgsl. */
export interface RowVariant {
  readonly kind: 'row';
  readonly rows: number;
  readonly threads: number;
}

export type GemmVariant = TiledVariant | DirectVariant | RowVariant;

const tiled = (tileM: number, tileN: number, rows: number, slices: number, chunk: number): TiledVariant => ({
  kind: 'tiled',
  tileM,
  tileN,
  rows,
  slices,
  chunk,
});
const direct = (rows: number, cols4: number, threads: number): DirectVariant => ({
  kind: 'direct',
  rows,
  cols4,
  threads,
});

const row = (rows: number): RowVariant => ({ kind: 'row', rows, threads: 128 });

/** For texts of very few rows, first of all the one of a decoding step: by rows that run together. All give the same bits. */
export const ROW: readonly RowVariant[] = [row(1), row(2), row(4)];

/** For up to 128 rows: narrow tiles and split-K, so that 32 rows give a GPU enough workgroups. The first is the default. */
export const FEW_ROWS: readonly TiledVariant[] = [
  tiled(32, 16, 4, 8, 64),
  tiled(32, 32, 4, 4, 32),
  tiled(16, 32, 4, 8, 64),
  tiled(16, 16, 4, 8, 64),
  tiled(8, 64, 4, 8, 32),
  tiled(32, 64, 4, 2, 16),
];

/** For more rows: wide tiles, no split. The first is the default. */
export const MANY_ROWS: readonly TiledVariant[] = [
  tiled(64, 64, 8, 1, 16),
  tiled(128, 64, 8, 1, 16),
  tiled(64, 64, 4, 1, 16),
  tiled(64, 32, 8, 1, 16),
];

/**
 * For the head, whose number of rows changes from pass to pass: by tile height. They share slices, chunk and tile width, so a
 * row's logits, its token and the token's chance have the same bits whichever rows it is computed with.
 */
export const HEAD: readonly TiledVariant[] = [
  tiled(8, 16, 4, 8, 64),
  tiled(16, 16, 4, 8, 64),
  tiled(32, 16, 4, 8, 64),
];

/** Without workgroup memory, for software adapters: for layers, for few rows such as the head's, and for one. All give the same bits. */
export const DIRECT: DirectVariant = direct(8, 4, 16);
export const DIRECT_HEAD: DirectVariant = direct(4, 4, 16);
export const DIRECT_ROW: DirectVariant = direct(1, 4, 16);

/** Columns that lie side by side in a packed matrix (pack-weight.wgsl). */
const PANEL_COLUMNS = 16;

/** Columns are padded to this, so that no tile reaches past the weights. */
export const COLUMN_PADDING = 64;

/** Columns of the packed matrix. */
export function paddedColumns(columns: number): number {
  return Math.ceil(columns / COLUMN_PADDING) * COLUMN_PADDING;
}

/** Rows of one workgroup's work. */
export function variantRows(v: GemmVariant): number {
  return v.kind === 'tiled' ? v.tileM : v.rows;
}

/** A variant in words. */
export function describeVariant(v: GemmVariant): string {
  switch (v.kind) {
    case 'tiled':
      return v.slices === 1 ? variantWords.whole(v) : variantWords.sliced(v);
    case 'direct':
      return variantWords.direct(v.rows, 4 * v.cols4);
    case 'row':
      return variantWords.row(v.rows, PANEL_COLUMNS, v.threads);
  }
}

/** Columns of one workgroup's work, or one thread's of gemm-direct.wgsl: those that one record of `sample` and `score` stands for. */
export function variantColumns(v: GemmVariant): number {
  switch (v.kind) {
    case 'tiled':
      return v.tileN;
    case 'direct':
      return 4 * v.cols4;
    case 'row':
      return PANEL_COLUMNS;
  }
}

/** Threads and bytes of workgroup memory that a tiled variant takes. */
export function variantCost(
  { tileM, tileN, rows, slices, chunk }: TiledVariant,
  layernorm: boolean,
): { threads: number; bytes: number } {
  const cols4 = tileN / 4;
  const sums = slices === 1 ? 0 : (slices / 2) * tileM * cols4;
  const vectors = Math.max(tileM * (chunk / 4 + 1) + chunk * cols4, sums);
  return { threads: (tileM / rows) * cols4 * slices, bytes: 16 * vectors + 8 * (layernorm ? tileM : 1) };
}

const SHARED: Record<'shape' | 'x' | 'weights' | 'columns' | 'gain', BindingKind> = {
  shape: 'uniform',
  x: 'read',
  weights: 'read',
  columns: 'read',
  gain: 'read',
};

type Shared = keyof typeof SHARED;

const LOOPS: Record<GemmVariant['kind'], { wgsl: string; suffix: string }> = {
  tiled: { wgsl: gemmWgsl, suffix: '' },
  direct: { wgsl: directWgsl, suffix: '-direct' },
  row: { wgsl: rowWgsl, suffix: '-row' },
};
const WEIGHTS: Record<Storage, string> = { f16: weightF16Wgsl, f32: weightF32Wgsl };

/** Kernels of an output op, by storage: with the loops that need nothing to finish a tile, or with what finishes it for each. */
const family = <Name extends string, Kind extends GemmVariant['kind']>(
  name: string,
  output: string[],
  bindings: Record<Name, BindingKind>,
  finish: Record<Kind, string>,
) => {
  const make = (kind: Kind, storage: Storage): Kernel<Name | Shared> => {
    const { wgsl, suffix } = LOOPS[kind];
    const sources = [...output, shapeWgsl, wgsl, WEIGHTS[storage], finish[kind]];
    return defineKernel(`${name}-${storage}${suffix}`, sources, { ...SHARED, ...bindings });
  };
  const kinds = Object.keys(finish) as Kind[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, { f16: make(kind, 'f16'), f32: make(kind, 'f32') }]),
  ) as Record<Kind, Record<Storage, Kernel<Name | Shared>>>;
};

const NO_FINISH = { tiled: finishNoneWgsl, direct: finishNoneWgsl, row: '' };
const FINISH_RECORD = { tiled: finishSampleTileWgsl, direct: finishSampleRowWgsl };

/** The kernels of each output op, by loop and storage. */
export const GEMM_KERNELS = {
  plain: family('linear', [plainWgsl], { y: 'read-write' }, NO_FINISH),
  gelu: family('linear-gelu', [spanWgsl, geluWgsl], { y: 'read-write', span: 'dynamic-uniform' }, NO_FINISH),
  residual: family(
    'linear-residual',
    [spanWgsl, residualWgsl],
    { y: 'read-write', gate: 'read', span: 'dynamic-uniform' },
    NO_FINISH,
  ),
  rope: family(
    'linear-rope',
    [spanWgsl, ropeWgsl],
    { y: 'read-write', angles: 'read', span: 'dynamic-uniform' },
    NO_FINISH,
  ),
  logits: family(
    'head-logits',
    [selectionWgsl, rowsWgsl],
    { y: 'read-write', rows: 'read', selection: 'dynamic-uniform' },
    { tiled: finishNoneWgsl, direct: finishNoneWgsl },
  ),
  sample: family(
    'head-sample',
    [randomWgsl, selectionWgsl, recordWgsl, sampleWgsl],
    { records: 'read-write', rows: 'read', selection: 'dynamic-uniform' },
    FINISH_RECORD,
  ),
  score: family(
    'head-score',
    [selectionWgsl, recordWgsl, scoreWgsl],
    { records: 'read-write', rows: 'read', selection: 'dynamic-uniform', tokens: 'read' },
    FINISH_RECORD,
  ),
};

/** What becomes of the sums; the op's file, output-*.wgsl, says it. */
export type GemmOp = keyof typeof GEMM_KERNELS;

/** Variants that an op has a kernel for. */
export type VariantOf<Op extends GemmOp> = Extract<GemmVariant, { kind: keyof (typeof GEMM_KERNELS)[Op] }>;

/** The GEMM with an output op, for a kind of variant and a storage of the weights. */
export function gemmKernel<Op extends GemmOp>(
  op: Op,
  storage: Storage,
  v: VariantOf<Op>,
): (typeof GEMM_KERNELS)[Op]['tiled'][Storage] {
  const kernels: Partial<Record<GemmVariant['kind'], (typeof GEMM_KERNELS)[Op]['tiled']>> = GEMM_KERNELS[op];
  return kernels[v.kind]![storage];
}

/**
 * Constants of a GEMM.
 * @param options.layernorm normalise the rows of x; `columns` then holds the column sums too
 * @param options.headSize for the op `rope`
 */
export function gemmConstants(
  v: GemmVariant,
  options: { layernorm?: boolean; headSize?: number } = {},
): Constants {
  const { layernorm = false, headSize } = options;
  const common = {
    ROWS: v.rows,
    LAYERNORM: layernorm,
    ...(headSize === undefined ? {} : { HEAD_SIZE: headSize }),
  };
  if (v.kind === 'row') return { ...common, THREADS: v.threads };
  if (v.kind === 'direct') return { ...common, COLS4: v.cols4, THREADS: v.threads };
  const { threads } = variantCost(v, layernorm);
  return {
    ...common,
    TILE_M: v.tileM,
    TILE_N: v.tileN,
    SLICES: v.slices,
    CHUNK: v.chunk,
    X_LOADS: Math.ceil((v.tileM * v.chunk) / 4 / threads),
    W_LOADS: Math.ceil((v.chunk * v.tileN) / 4 / threads),
    OUTPUT_LOADS: Math.ceil((v.tileM * v.tileN) / 4 / threads),
  };
}

/** Workgroups of a GEMM over `rows` x `columns`. */
export function gemmWorkgroups(v: GemmVariant, rows: number, columns: number): [number, number] {
  const wide = variantColumns(v) * (v.kind === 'direct' ? v.threads : 1);
  return [Math.ceil(paddedColumns(columns) / wide), Math.ceil(rows / variantRows(v))];
}

/** Columns of a matrix that lie in a buffer of their own. */
export interface ColumnPiece {
  /** The first of them, a multiple of COLUMN_PADDING. */
  first: number;
  count: number;
}

/** What gemm.wgsl has to know about a product; the fields of its `Shape`. */
export interface GemmShape {
  rows: number;
  /** K, a multiple of 4. */
  inner: number;
  /** N, of all pieces where the matrix lies in several buffers. */
  columns: number;
  /** The columns that the bound weights hold, for the ops of the head (default: all, from 0). */
  piece?: ColumnPiece;
  /** Rows of one sample (default: all). */
  length?: number;
  gateOffset?: number;
  gateStride?: number;
  /** Values from one row of the output to the next, for ops that can leave room (default N, rounded up to 4). */
  stride?: number;
}

/**
 * The uniform of a GEMM.
 * @throws Error when K is no multiple of 4: x is read by vec4
 */
export function gemmUniform(s: GemmShape): Uint32Array<ArrayBuffer> {
  if (s.inner % 4 !== 0) throw new Error(`a GEMM over ${s.inner} values a row: not a multiple of 4`);
  return Uint32Array.of(
    s.rows,
    s.inner,
    s.columns,
    paddedColumns(s.piece?.count ?? s.columns),
    s.length ?? s.rows,
    s.gateOffset ?? 0,
    s.gateStride ?? 0,
    s.stride ?? Math.ceil(s.columns / 4) * 4,
    s.piece?.first ?? 0,
  );
}

/** Which rows the head works on and how it draws; the fields of `Selection` in selection.wgsl. */
export interface Selection {
  /** First entry of `rows`. */
  start: number;
  count: number;
  seed: number;
  /** Index of the first sample of the batch among those of the seed. */
  firstSample: number;
  temperature: number;
  topP: number;
  /** Which of the draws for its position this is, below 2^16 (default 0). */
  draw?: number;
  /** How far before its row the head reads: 1 in a causal network, which tells the next token (default 0). */
  lag?: number;
}

/** Bytes of one Selection, as a launch binds it. */
export const SELECTION_BYTES = 32;

/** Bytes from one Selection to the next: the alignment of dynamic offsets that every device takes. */
export const SELECTION_STRIDE = 256;

/** Put selections into one buffer, for launches at offsets i * SELECTION_STRIDE. */
export function selectionUniforms(selections: readonly Selection[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(selections.length * SELECTION_STRIDE);
  const view = new DataView(bytes.buffer);
  selections.forEach((s, i) => {
    const at = i * SELECTION_STRIDE;
    [s.start, s.count, s.seed, s.firstSample].forEach((value, field) => {
      view.setUint32(at + 4 * field, value, true);
    });
    view.setFloat32(at + 16, 1 / s.temperature, true);
    view.setFloat32(at + 20, s.topP, true);
    view.setUint32(at + 24, s.draw ?? 0, true);
    view.setUint32(at + 28, s.lag ?? 0, true);
  });
  return bytes;
}
