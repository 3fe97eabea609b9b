/** Matrix products of training, f32, on row-major operands: docs/kernels.md, "Training". */
import { defineKernel, type BindingKind, type Constants, type Kernel } from '../../kernel.ts';
import activationWgsl from './activation.wgsl?raw';
import biasNoneWgsl from './bias-none.wgsl?raw';
import biasWgsl from './bias.wgsl?raw';
import columnsWgsl from './columns.wgsl?raw';
import directNnWgsl from './direct-nn.wgsl?raw';
import directNtWgsl from './direct-nt.wgsl?raw';
import directTnWgsl from './direct-tn.wgsl?raw';
import directWgsl from './matmul-direct.wgsl?raw';
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

/** Shape of the work of one thread of matmul-direct.wgsl. */
export interface DirectVariant {
  readonly kind: 'direct';
  /** A multiple of 4. */
  readonly rows: number;
  /** Columns of a thread, in units of 4; even. */
  readonly cols4: number;
  readonly threads: number;
}

export type MatmulVariant = DirectVariant;

/** Without workgroup memory, for software adapters. */
export const DIRECT: DirectVariant = { kind: 'direct', rows: 16, cols4: 4, threads: 16 };

/** A variant in words. */
export function describeMatmulVariant(v: MatmulVariant): string {
  return `${v.rows} x ${4 * v.cols4} sums a thread`;
}

const SHARED = { shape: 'dynamic-uniform', a: 'read', b: 'read' } as const satisfies Record<
  string,
  BindingKind
>;

type Shared = keyof typeof SHARED;

const FORMS = { nt: [directNtWgsl], nn: [directNnWgsl], tn: [directTnWgsl] };

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
  const all = { ...SHARED, ...bindings };
  return {
    direct: defineKernel(`${name}-direct`, [...sources, shapeWgsl, directWgsl, ...FORMS[form]], all),
  };
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
  return {
    ROWS: v.rows,
    COLS4: v.cols4,
    THREADS: v.threads,
    ...(form === 'tn' ? { ROWS4: v.rows / 4 } : {}),
    ...(headSize === undefined ? {} : { HEAD_SIZE: headSize }),
    ...(activation === undefined ? {} : { ACTIVATION: ACTIVATIONS[activation] }),
  };
}

/** Workgroups of a product of m rows and n columns. */
export function matmulWorkgroups(v: MatmulVariant, m: number, n: number): [number, number] {
  return [Math.ceil(n / (4 * v.cols4 * v.threads)), Math.ceil(m / v.rows)];
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
