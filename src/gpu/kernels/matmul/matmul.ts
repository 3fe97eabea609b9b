/** Matrix products of training, f32, on row-major operands: docs/kernels.md, "Training". */
import { defineKernel, type BindingKind, type Constants, type Kernel } from '../../kernel.ts';
import { variantWords } from '../../messages.ts';
import activationWgsl from './activation.wgsl?raw';
import biasNoneWgsl from './bias-none.wgsl?raw';
import biasWgsl from './bias.wgsl?raw';
import columnsWgsl from './columns.wgsl?raw';
import directNnWgsl from './direct-nn.wgsl?raw';
import directNtWgsl from './direct-nt.wgsl?raw';
import directTnWgsl from './direct-tn.wgsl?raw';
import directWgsl from './matmul-direct.wgsl?raw';
import tiledWgsl from './matmul.wgsl?raw';
import multiplyNnWgsl from './multiply-nn.wgsl?raw';
import multiplyNtWgsl from './multiply-nt.wgsl?raw';
import multiplyTnWgsl from './multiply-tn.wgsl?raw';
import activateBackwardWgsl from './output-activate-backward.wgsl?raw';
import activateWgsl from './output-activate.wgsl?raw';
import outputBiasWgsl from './output-bias.wgsl?raw';
import gradientBiasWgsl from './output-gradient-bias.wgsl?raw';
import gradientNoneWgsl from './output-gradient-none.wgsl?raw';
import gradientWgsl from './output-gradient.wgsl?raw';
import plainWgsl from './output-plain.wgsl?raw';
import residualBiasWgsl from './output-residual-bias.wgsl?raw';
import residualWgsl from './output-residual.wgsl?raw';
import ropeWgsl from './output-rope.wgsl?raw';
import shapeWgsl from './shape.wgsl?raw';
import tileAColumnsWgsl from './tile-a-columns.wgsl?raw';
import tileARowsWgsl from './tile-a-rows.wgsl?raw';
import tileBColumnsWgsl from './tile-b-columns.wgsl?raw';
import tileBRowsWgsl from './tile-b-rows.wgsl?raw';

/** Shape of the work of one workgroup of matmul.wgsl, where the constants are explained. */
export interface TiledVariant {
  readonly kind: 'tiled';
  readonly tileM: number;
  readonly tileN: number;
  readonly rows: number;
  readonly slices: number;
  readonly chunk: number;
}

/** Shape of the work of one thread of matmul-direct.wgsl. */
export interface DirectVariant {
  readonly kind: 'direct';
  /** A multiple of 4. */
  readonly rows: number;
  /** Columns of a thread, in units of 4; even. */
  readonly cols4: number;
  readonly threads: number;
}

export type MatmulVariant = TiledVariant | DirectVariant;

const tiled = (tileM: number, tileN: number, rows: number, slices: number, chunk: number): TiledVariant => ({
  kind: 'tiled',
  tileM,
  tileN,
  rows,
  slices,
  chunk,
});

/** For GPUs, by the size of the tile: the larger it is the less is loaded for a sum, and the fewer workgroups there are. */
export const TILED: readonly [TiledVariant, TiledVariant, TiledVariant] = [
  tiled(64, 64, 8, 2, 16),
  tiled(32, 32, 4, 8, 32),
  tiled(16, 32, 4, 16, 64),
];

/** Without workgroup memory, for software adapters. Twice the rows are a fifth faster, but take twice as long to compile. */
export const DIRECT: DirectVariant = { kind: 'direct', rows: 8, cols4: 4, threads: 16 };

/** Workgroups of a larger tile that are worth more than those of a smaller one: enough for all cores of a middling GPU. */
const ENOUGH_WORKGROUPS = 128;

/**
 * The variant for a product.
 * @param largest the largest shape that the product will have: another variant gives other last bits, so the choice must not
 *   follow what changes from launch to launch
 * @param software whether the adapter is a CPU
 */
export function matmulVariant({ m, n }: { m: number; n: number }, software: boolean): MatmulVariant {
  if (software) return DIRECT;
  const workgroups = (v: TiledVariant): number => Math.ceil(m / v.tileM) * Math.ceil(n / v.tileN);
  return TILED.find((v) => workgroups(v) >= ENOUGH_WORKGROUPS) ?? TILED[2];
}

/** Rows of one workgroup's work, or one thread's of matmul-direct.wgsl. */
export function matmulRows(v: MatmulVariant): number {
  return v.kind === 'tiled' ? v.tileM : v.rows;
}

/** A variant in words. */
export function describeMatmulVariant(v: MatmulVariant): string {
  return v.kind === 'direct' ? variantWords.direct(v.rows, 4 * v.cols4) : variantWords.trained(v);
}

/** Threads and bytes of workgroup memory that a tiled variant takes. */
export function matmulCost(
  form: Form,
  { tileM, tileN, rows, slices, chunk }: TiledVariant,
): { threads: number; bytes: number } {
  // Rows along k have a vec4 of padding.
  const along = (tile: number): number => tile * (chunk / 4 + 1);
  const across = (tile: number): number => (chunk * tile) / 4;
  const a = form === 'tn' ? across(tileM) : along(tileM);
  const b = form === 'nt' ? along(tileN) : across(tileN);
  const sums = slices === 1 ? 0 : ((slices / 2) * tileM * tileN) / 4;
  return { threads: (tileM / rows) * (tileN / 8) * slices, bytes: 16 * Math.max(a + b, sums) };
}

const SHARED = { shape: 'dynamic-uniform', a: 'read', b: 'read' } as const satisfies Record<
  string,
  BindingKind
>;

type Shared = keyof typeof SHARED;

/** What each loop is put together with, by form. */
const FORMS = {
  nt: { tiled: [tileARowsWgsl, tileBRowsWgsl, multiplyNtWgsl], direct: [directNtWgsl] },
  nn: { tiled: [tileARowsWgsl, tileBColumnsWgsl, multiplyNnWgsl], direct: [directNnWgsl] },
  tn: { tiled: [tileAColumnsWgsl, tileBColumnsWgsl, multiplyTnWgsl], direct: [directTnWgsl] },
};

/**
 * How the operands lie: `nt`, a[m, k] b[n, k], y = x W^T of a forward pass; `nn`, a[m, k] b[k, n], the gradient of x;
 * `tn`, a[k, m] b[k, n], that of W.
 */
export type Form = keyof typeof FORMS;

/** The kernels of a form with an output op, by loop. */
const family = <Name extends string>(
  form: Form,
  op: string,
  sources: readonly string[],
  bindings: Record<Name, BindingKind>,
): Record<MatmulVariant['kind'], Kernel<Name | Shared>> => {
  const name = `matmul-${form}-${op}`;
  // An adapter runs one of the two, so one name serves both.
  const make = (loop: string, kind: MatmulVariant['kind']): Kernel<Name | Shared> =>
    defineKernel(name, [...sources, shapeWgsl, loop, ...FORMS[form][kind]], { ...SHARED, ...bindings });
  return { tiled: make(tiledWgsl, 'tiled'), direct: make(directWgsl, 'direct') };
};

const residual = { x: 'read', gate: 'read', p: 'read-write', z: 'read-write' } as const;

/** The kernels of each form and output op, by loop. Bindings are in the order of their numbers, behind `shape`, `a` and `b`. */
export const MATMUL = {
  nt: {
    bias: family('nt', 'bias', [outputBiasWgsl, biasWgsl, columnsWgsl], { y: 'read-write', bias: 'read' }),
    rope: family('nt', 'rope', [ropeWgsl], { y: 'read-write', angles: 'read' }),
    activate: family('nt', 'activate', [activateWgsl, activationWgsl, biasWgsl, columnsWgsl], {
      u: 'read-write',
      h: 'read-write',
      bias: 'read',
    }),
    residual: family('nt', 'residual', [residualWgsl, biasNoneWgsl, columnsWgsl], residual),
    'residual-bias': family('nt', 'residual-bias', [residualWgsl, residualBiasWgsl, biasWgsl, columnsWgsl], {
      ...residual,
      bias: 'read',
    }),
  },
  nn: {
    plain: family('nn', 'plain', [plainWgsl, columnsWgsl], { y: 'read-write' }),
    'activate-backward': family(
      'nn',
      'activate-backward',
      [activateBackwardWgsl, activationWgsl, columnsWgsl],
      {
        u: 'read',
        du: 'read-write',
        h: 'read-write',
      },
    ),
  },
  tn: {
    gradient: family('tn', 'gradient', [gradientWgsl, gradientNoneWgsl, columnsWgsl], { y: 'read-write' }),
    'gradient-bias': family('tn', 'gradient-bias', [gradientWgsl, gradientBiasWgsl, columnsWgsl], {
      y: 'read-write',
      dbias: 'read-write',
    }),
  },
};

/** What becomes of the sums of a form; the op's file, output-*.wgsl, says it. */
export type OpOf<F extends Form> = keyof (typeof MATMUL)[F];

/** The kernel of a form and an output op, for a variant. */
export function matmulKernel<F extends Form, Op extends OpOf<F>>(
  form: F,
  op: Op,
  v: MatmulVariant,
): (typeof MATMUL)[F][Op][keyof (typeof MATMUL)[F][Op] & MatmulVariant['kind']] {
  return MATMUL[form][op][v.kind as keyof (typeof MATMUL)[F][Op] & MatmulVariant['kind']];
}

/** Activations of the MLP, by the number that activation.wgsl has for them. */
export const ACTIVATIONS = { 'gelu-tanh': 0, silu: 1 } as const;

export type Activation = keyof typeof ACTIVATIONS;

/**
 * Constants of a product.
 * @param options.headSize for the op `rope`, a multiple of 8
 * @param options.activation for `activate` and `activate-backward`
 */
export function matmulConstants(
  form: Form,
  v: MatmulVariant,
  options: { headSize?: number; activation?: Activation } = {},
): Constants {
  const { headSize, activation } = options;
  if (headSize !== undefined && headSize % 8 !== 0) {
    throw new Error(`rotary embedding in heads of ${headSize} values: not a multiple of 8`);
  }
  const common = {
    ROWS: v.rows,
    ...(form === 'tn' ? { ROWS4: v.rows / 4 } : {}),
    ...(headSize === undefined ? {} : { HEAD_SIZE: headSize }),
    ...(activation === undefined ? {} : { ACTIVATION: ACTIVATIONS[activation] }),
  };
  if (v.kind === 'direct') return { ...common, COLS4: v.cols4, THREADS: v.threads };
  const { threads } = matmulCost(form, v);
  return {
    ...common,
    TILE_M: v.tileM,
    TILE_N: v.tileN,
    SLICES: v.slices,
    CHUNK: v.chunk,
    A_LOADS: Math.ceil((v.tileM * v.chunk) / 4 / threads),
    B_LOADS: Math.ceil((v.tileN * v.chunk) / 4 / threads),
    OUTPUT_LOADS: Math.ceil((v.tileM * v.tileN) / 8 / threads),
  };
}

/** Workgroups of a product of m rows and n columns. */
export function matmulWorkgroups(v: MatmulVariant, m: number, n: number): [number, number] {
  const columns = v.kind === 'tiled' ? v.tileN : 4 * v.cols4 * v.threads;
  return [Math.ceil(n / columns), Math.ceil(m / matmulRows(v))];
}

/** What a product has to know of its operands; the fields of `Shape` in shape.wgsl. Strides and offsets are in values. */
export interface MatmulShape {
  m: number;
  n: number;
  k: number;
  /** Values from one row of an operand to the next, multiples of 4. */
  aStride: number;
  bStride: number;
  /** That of everything that an output op reads or writes by row. */
  yStride: number;
  /** Row of a, of b, where the product's first row lies (default 0); for `tn` that is the row where k = 0. */
  firstA?: number;
  firstB?: number;
  /** Row that the product's row 0 goes to (default 0). Ops count positions and groups by it. */
  firstY?: number;
  /** Rows of one text, for `rope` (default: all). */
  length?: number;
  /** Rows of one group, which share a gate, for `residual` (default: all). */
  groupRows?: number;
  /** Values from the gates of one group to those of the next, and where they begin; multiples of 4 (default 0). */
  gateStride?: number;
  gateOffset?: number;
}

/** Bytes of one MatmulShape, as a launch binds it. */
export const MATMUL_SHAPE_BYTES = 64;

/** Bytes from one MatmulShape to the next: the alignment of dynamic offsets that every device takes. */
export const MATMUL_SHAPE_STRIDE = 256;

/**
 * Put shapes into one buffer, for launches at offsets i * MATMUL_SHAPE_STRIDE.
 * @throws Error when a stride or the place of a gate is no multiple of 4: rows are read by vec4
 */
export function matmulUniforms(shapes: readonly MatmulShape[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((shapes.length * MATMUL_SHAPE_STRIDE) / 4);
  shapes.forEach((s, i) => {
    const { aStride, bStride, yStride, gateStride = 0, gateOffset = 0 } = s;
    for (const [name, value] of Object.entries({ aStride, bStride, yStride, gateStride, gateOffset })) {
      if (value % 4 !== 0) throw new Error(`a matrix product with ${name} ${value}: not a multiple of 4`);
    }
    const rows = (s.firstY ?? 0) + Math.max(s.m, 1);
    words.set(
      [
        ...[s.m, s.n, s.k, aStride, bStride, yStride],
        ...[s.firstA ?? 0, s.firstB ?? 0, s.firstY ?? 0],
        ...[s.length ?? rows, s.groupRows ?? rows, gateStride, gateOffset],
      ],
      (i * MATMUL_SHAPE_STRIDE) / 4,
    );
  });
  return words;
}
