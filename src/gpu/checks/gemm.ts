/** The GEMM and the output ops of layers; those of the head are in sample.ts. */
import { Float16Array } from '@petamoriken/float16';
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import {
  describeVariant,
  DIRECT,
  FEW_ROWS,
  gemmConstants,
  gemmKernel,
  gemmUniform,
  gemmWorkgroups,
  HEAD,
  MANY_ROWS,
  paddedColumns,
  ROW,
  variantRows,
  type GemmShape,
  type GemmVariant,
  type Storage,
} from '../kernels/gemm/gemm.ts';
import { geluTanh, layerNorm, matmul, rotate } from '../kernels/gemm/gemm.reference.ts';
import { packMatrix, type PackedMatrix } from '../kernels/pack-weight/pack-weight.ts';
import { inSpan, SPAN_BYTES, spanUniforms, type Span } from '../kernels/span.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals, roundToHalf } from './numbers.ts';

/** y = x w^T + bias. */
export interface GemmProblem {
  M: number;
  N: number;
  K: number;
  /** [M, K] */
  x: Float32Array<ArrayBuffer>;
  /** [N, K], of values that f16 holds exactly. */
  w: Float32Array<ArrayBuffer>;
  /** [N] */
  bias: Float32Array<ArrayBuffer>;
}

/** A problem of random numbers, whose outputs are around 1. */
export function gemmProblem(M: number, N: number, K: number, seed = 1): GemmProblem {
  const w = roundToHalf(normals(seed + 1, N * K, 1 / Math.sqrt(K)));
  return { M, N, K, x: normals(seed, M * K), w, bias: normals(seed + 2, N) };
}

/** The sums in float64, [M, N]; with `gain`, of rows that are normalised. */
export function gemmExpected(p: GemmProblem, gain?: Float32Array): Float64Array {
  const x = gain ? layerNorm(p.x, gain, p.M, p.K) : p.x;
  return matmul(x, p.w, p.M, p.N, p.K).map((sum, i) => sum + p.bias[i % p.N]);
}

/** Pack w [N, K] as the GEMM reads it; with `headSize`, as queries, keys and values whose rotary pairs stand side by side. */
export function packProblem(
  gpu: Gpu,
  arena: Arena,
  { w, N, K }: Pick<GemmProblem, 'w' | 'N' | 'K'>,
  storage: Storage,
  headSize?: number,
): Promise<PackedMatrix> {
  const values = storage === 'f16' ? new Float16Array(w) : w;
  const bytes = new Uint8Array(values.buffer);
  const rowBytes = bytes.byteLength / N;
  return packMatrix(gpu, arena, 'w', { columns: N, inner: K, storage }, [
    {
      at: 0,
      rows: N,
      format: storage === 'f16' ? 'F16' : 'F32',
      ...(headSize === undefined ? {} : { headSize, paired: (2 * N) / 3 }),
      read: (from, to) => Promise.resolve(bytes.slice(from * rowBytes, to * rowBytes)),
    },
  ]);
}

/** The two rows of `columns`: the bias, and the sums of gain times w that LAYERNORM needs. */
export function columnsOf(
  arena: Arena,
  { w, bias, N, K }: Pick<GemmProblem, 'w' | 'bias' | 'N' | 'K'>,
  gain?: Float32Array,
): GPUBuffer {
  const padded = paddedColumns(N);
  const columns = new Float32Array(2 * padded);
  columns.set(bias);
  if (gain) columns.set(matmul(gain, w, 1, N, K), padded);
  return arena.storageOf('columns', columns);
}

/** Which GEMM: the loop, how weights are stored, and whether rows of x are normalised, with this gain [K]. */
export interface GemmSettings {
  v: GemmVariant;
  storage: Storage;
  gain?: Float32Array<ArrayBuffer> | undefined;
  /** Positions of each of the two samples to work on (default: all); layer ops leave the others as they are. */
  span?: Span | undefined;
}

/** Samples that the rows of a problem are divided into, where an op works on spans. */
const SAMPLES = 2;

/** Runs GEMMs on one device. */
export class GemmRunner {
  constructor(
    private readonly gpu: Gpu,
    private readonly arena: Arena,
  ) {}

  /** The buffers that every GEMM takes. */
  async #shared(
    p: GemmProblem,
    { storage, gain }: GemmSettings,
    shape: Partial<GemmShape> = {},
    headSize?: number,
  ) {
    const { gpu, arena } = this;
    const { buffer: weights } = await packProblem(gpu, arena, p, storage, headSize);
    return {
      shape: arena.uniformOf('shape', gemmUniform({ rows: p.M, inner: p.K, columns: p.N, ...shape })),
      x: arena.storageOf('x', p.x),
      weights,
      columns: columnsOf(arena, p, gain),
      gain: arena.storageOf('gain', gain ?? new Float32Array(4)),
    };
  }

  /** @returns [M, N] */
  async plain(p: GemmProblem, settings: GemmSettings): Promise<Float32Array> {
    const { v, storage, gain } = settings;
    const { gpu, arena } = this;
    const stride = Math.ceil(p.N / 4) * 4;
    const y = arena.storage('y', 4 * p.M * stride);
    const constants = gemmConstants(v, { layernorm: gain !== undefined });
    const kernel = await gpu.kernels.compile(gemmKernel('plain', storage, v), constants);
    const launch = kernel.bind({ ...(await this.#shared(p, settings)), y });
    submit(gpu, [launch(gemmWorkgroups(v, p.M, p.N))]);
    const wide = new Float32Array(await readBuffer(gpu, y));
    return Float32Array.from({ length: p.M * p.N }, (_, i) => wide[Math.floor(i / p.N) * stride + (i % p.N)]);
  }

  async plainError(p: GemmProblem, settings: GemmSettings): Promise<number> {
    return largestError(await this.plain(p, settings), gemmExpected(p, settings.gain));
  }

  /**
   * Launch a layer op on a span of the problem's rows, and compare y with what is expected there, and with what it held
   * elsewhere. M must be even, N a multiple of 4.
   * @param before y [M, N]
   */
  async #layerError(
    op: 'gelu' | 'residual' | 'rope',
    p: GemmProblem,
    { v, storage, gain, span = { first: 0, count: p.M / SAMPLES } }: GemmSettings,
    before: Float32Array<ArrayBuffer>,
    expected: Float64Array,
    own: {
      shape?: Partial<GemmShape>;
      headSize?: number;
      columns?: GPUBuffer;
      extra?: Record<string, GPUBuffer>;
    } = {},
  ): Promise<number> {
    const { gpu, arena } = this;
    const { shape, headSize, columns, extra } = own;
    const length = p.M / SAMPLES;
    const y = arena.storageOf('y', before);
    const sizes = headSize === undefined ? {} : { headSize };
    const constants = gemmConstants(v, { layernorm: gain !== undefined, ...sizes });
    const kernel = await gpu.kernels.compile(gemmKernel(op, storage, v), constants);
    const spans = arena.uniformOf('span', spanUniforms([span], { samples: SAMPLES, length }));
    const launch = kernel.bind({
      ...(await this.#shared(p, { v, storage, gain }, shape, headSize)),
      ...(columns ? { columns } : {}),
      ...extra,
      y,
      span: { buffer: spans, size: SPAN_BYTES },
    });
    submit(gpu, [launch(gemmWorkgroups(v, SAMPLES * span.count, p.N), 0)]);
    const wanted = expected.map((value, i) =>
      inSpan(span, Math.floor(i / p.N), length) ? value : before[i],
    );
    return largestError(new Float32Array(await readBuffer(gpu, y)), wanted);
  }

  async geluError(p: GemmProblem, settings: GemmSettings): Promise<number> {
    const expected = gemmExpected(p, settings.gain).map(geluTanh);
    return this.#layerError('gelu', p, settings, new Float32Array(p.M * p.N), expected);
  }

  /** A gated residual in place, with a gate for each sample. */
  async residualError(p: GemmProblem, settings: GemmSettings): Promise<number> {
    const before = normals(5, p.M * p.N);
    // The gate starts at 8 of each sample's values.
    const [gateOffset, gateStride] = [8, p.N + 12];
    const gate = normals(6, SAMPLES * gateStride);
    const expected = gemmExpected(p, settings.gain).map((sum, i) => {
      const [m, n] = [Math.floor(i / p.N), i % p.N];
      return before[i] + gate[Math.floor((m * SAMPLES) / p.M) * gateStride + gateOffset + n] * sum;
    });
    return this.#layerError('residual', p, settings, before, expected, {
      shape: { gateOffset, gateStride },
      extra: { gate: this.arena.storageOf('gate', gate) },
    });
  }

  /** Queries, keys and values, the first two rotated. N must be three times some heads of `size`. */
  async ropeError(p: GemmProblem, size: number, settings: GemmSettings): Promise<number> {
    const { arena } = this;
    const length = p.M / SAMPLES;
    const sums = gemmExpected(p, settings.gain);
    const expected = new Float64Array(sums.length);
    for (let at = 0; at < sums.length; at += size) {
      const head = sums.subarray(at, at + size);
      const rotated = at % p.N < (2 * p.N) / 3;
      const row = rotate(head, Math.floor(at / p.N) % length);
      expected.set(rotated ? row.map((_, j) => row[pairedIndex(j, size)]) : head, at);
    }
    return this.#layerError('rope', p, settings, new Float32Array(p.M * p.N), expected, {
      headSize: size,
      // In the packed matrix rows of q and k are in another order, and so must be what belongs to them.
      columns: columnsOf(arena, pairedRows(p, size), settings.gain),
      extra: { angles: arena.storageOf('angles', anglesOf(length, size)) },
    });
  }
}

/** (cos, sin) of the rotary angles of heads of `size` values, [length, size / 2, 2]. */
export const anglesOf = (length: number, size: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: length * size }, (_, i) => {
    const angle = Math.floor(i / size) * 10000 ** ((-2 * Math.floor((i % size) / 2)) / size);
    return i % 2 ? Math.sin(angle) : Math.cos(angle);
  });

/** Of the values of a head, which stands at `j` where rotary pairs are side by side. */
const pairedIndex = (j: number, size: number): number => (j % 2) * (size / 2) + Math.floor(j / 2);

/** A problem with the rows of q and k, and their biases, as they are packed. */
function pairedRows(p: GemmProblem, size: number): GemmProblem {
  const from = (n: number): number => (n < (2 * p.N) / 3 ? n - (n % size) + pairedIndex(n % size, size) : n);
  return {
    ...p,
    w: p.w.map((_, i) => p.w[from(Math.floor(i / p.K)) * p.K + (i % p.K)]),
    bias: p.bias.map((_, n) => p.bias[from(n)]),
  };
}

/** Gain of a norm, [K]. */
export const gainOf = (K: number): Float32Array<ArrayBuffer> => normals(9, K, 0.3, 1);

type LayerOp = 'plain' | 'gelu' | 'residual' | 'rope';

/** An op in a variant: on one row and on a tile and a row more, sums of a length that no chunk divides. */
function opCheck(op: LayerOp, storage: Storage, v: GemmVariant, gpuOnly = false): KernelCheck {
  // As the network has them: no norm in front of what is added to the residual stream.
  const normed = op !== 'residual';
  const [K, size] = [132, 16];
  const odd = variantRows(v) + 1;
  const rows = op === 'plain' ? [1, odd] : [2, 2 * odd];
  const columns = op === 'plain' ? 65 : op === 'rope' ? 3 * 2 * size : 68;
  const words = normed ? checkWords.normalisedLayer : checkWords.layer;
  return overCases(
    {
      kernel: gemmKernel(op, storage, v).name,
      what: words(rows, columns, K, describeVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    rows,
    (gpu, arena, M) => {
      const p = gemmProblem(M, columns, K);
      const runner = new GemmRunner(gpu, arena);
      const settings = { v, storage, gain: normed ? gainOf(K) : undefined };
      switch (op) {
        case 'plain':
          return runner.plainError(p, settings);
        case 'gelu':
          return runner.geluError(p, settings);
        case 'residual':
          return runner.residualError(p, settings);
        case 'rope':
          return runner.ropeError(p, size, settings);
      }
    },
  );
}

/** A product without a norm, its sums short, equal to a chunk, and longer. */
function productCheck(v: GemmVariant, gpuOnly: boolean): KernelCheck {
  const shapes = [
    [1, 1, 4],
    [7, 17, 64],
    [variantRows(v) + 1, 63, 132],
  ] as const;
  return overCases(
    {
      kernel: gemmKernel('plain', 'f32', v).name,
      what: checkWords.products(shapes, describeVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    shapes,
    (gpu, arena, [M, N, K]) =>
      new GemmRunner(gpu, arena).plainError(gemmProblem(M, N, K), { v, storage: 'f32' }),
  );
}

/** An op on a span in the middle of two texts, and on the last position of each: other rows stay as they are. */
function spanCheck(op: Exclude<LayerOp, 'plain'>, v: GemmVariant, gpuOnly = false): KernelCheck {
  const [length, K, size] = [7, 36, 8];
  const spans = [
    { first: 2, count: 3 },
    { first: length - 1, count: 1 },
  ];
  return overCases(
    {
      kernel: gemmKernel(op, 'f16', v).name,
      what: checkWords.span(length - 1, length, describeVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    spans,
    (gpu, arena, span) => {
      const p = gemmProblem(SAMPLES * length, 3 * size, K);
      const runner = new GemmRunner(gpu, arena);
      const settings = { v, storage: 'f16', span, gain: op === 'residual' ? undefined : gainOf(K) } as const;
      if (op === 'gelu') return runner.geluError(p, settings);
      return op === 'rope' ? runner.ropeError(p, size, settings) : runner.residualError(p, settings);
    },
  );
}

const OPS = ['plain', 'gelu', 'residual', 'rope'] as const;
const each = (v: GemmVariant, storages: readonly Storage[], gpuOnly = false): KernelCheck[] =>
  OPS.flatMap((op) => storages.map((storage) => opCheck(op, storage, v, gpuOnly)));

/** The last variant for few rows compiles in the least time: with it every kernel is checked where a CPU plays GPU. */
const LIGHT_VARIANT = FEW_ROWS[FEW_ROWS.length - 1];

export const GEMM_CHECKS: readonly KernelCheck[] = [
  ...each(FEW_ROWS[0], ['f16'], true),
  ...each(MANY_ROWS[0], ['f16'], true),
  ...each(LIGHT_VARIANT, ['f16', 'f32']),
  ...each(DIRECT, ['f16', 'f32']),
  ...each(ROW[0], ['f16', 'f32']),
  ...(['gelu', 'residual', 'rope'] as const).flatMap((op) => [
    spanCheck(op, FEW_ROWS[0], true),
    spanCheck(op, DIRECT),
    spanCheck(op, ROW[1]),
  ]),
  // The other variants that may be chosen, by an op that shows all of the loop.
  ...[...FEW_ROWS.slice(0, -1), ...MANY_ROWS, HEAD[0]].map((v) => opCheck('plain', 'f32', v, true)),
  productCheck(FEW_ROWS[0], true),
  productCheck(MANY_ROWS[0], true),
  productCheck(DIRECT, false),
  ...ROW.map((v) => productCheck(v, false)),
];
