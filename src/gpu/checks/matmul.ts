/** The matrix products of training, in each form with each output op. */
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import type { Kernel } from '../kernel.ts';
import { rotate } from '../kernels/gemm/gemm.reference.ts';
import { ACTIVATION_REFERENCE, product } from '../kernels/matmul/matmul.reference.ts';
import {
  describeMatmulVariant,
  DIRECT,
  MATMUL,
  MATMUL_SHAPE_BYTES,
  MATMUL_SHAPE_STRIDE,
  matmulConstants,
  matmulRows,
  matmulUniforms,
  matmulWorkgroups,
  TILED,
  type Activation,
  type Form,
  type MatmulVariant,
  type TiledVariant,
} from '../kernels/matmul/matmul.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { anglesOf } from './gemm.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/** An output op with its form. */
export type MatmulOp = { [F in Form]: `${F} ${keyof (typeof MATMUL)[F] & string}` }[Form];

/** All of them. */
export const MATMUL_OPS = Object.entries(MATMUL).flatMap(([form, ops]) =>
  Object.keys(ops).map((op) => `${form} ${op}` as MatmulOp),
);

/** Form, name of the op, and the kernels for each loop. */
export function matmulOp(of: MatmulOp): {
  form: Form;
  op: string;
  kernels: Record<MatmulVariant['kind'], Kernel>;
} {
  const [form, op] = of.split(' ') as [Form, string];
  const ops: Record<string, Record<MatmulVariant['kind'], Kernel>> = MATMUL[form];
  return { form, op, kernels: ops[op] };
}

/** A product to be checked; `rope` takes n for three times two heads. */
export interface MatmulCase {
  v: MatmulVariant;
  m: number;
  n: number;
  k: number;
  activation?: Activation;
  /** Factor of the sums, for ops that should take values of any size. */
  scale?: number;
}

// Where the operands begin and how far apart their rows lie, beside what is needed: no product reads or writes what is between.
const [FIRST_A, FIRST_B, FIRST_Y, GAP] = [2, 1, 3, 4];
/** Rows of one text, and of one group. */
const [LENGTH, GROUP_ROWS] = [5, 4];

const up4 = (values: number): number => 4 * Math.ceil(values / 4);

/** Rows of an operand among others that are NaN, so that a value too many that is read shows. */
function among(values: Float32Array, rows: number, columns: number, first: number) {
  const stride = up4(columns) + GAP;
  const wide = new Float32Array((first + rows + 1) * stride).fill(NaN);
  for (let row = 0; row < rows; row++) {
    wide.set(values.subarray(row * columns, (row + 1) * columns), (first + row) * stride);
  }
  return { wide, stride };
}

/** Launch a product, and compare all that its op writes, and what lies around it, with what is expected. */
export async function matmulError(
  gpu: Gpu,
  arena: Arena,
  of: MatmulOp,
  { v, m, n, k, activation = 'gelu-tanh', scale = 1 }: MatmulCase,
): Promise<number> {
  const { form, op, kernels } = matmulOp(of);
  const values = { a: normals(1, m * k, scale), b: normals(2, n * k, 1 / Math.sqrt(Math.max(k, 1))) };
  const a = form === 'tn' ? among(values.a, k, m, FIRST_A) : among(values.a, m, k, FIRST_A);
  const b = form === 'nt' ? among(values.b, n, k, FIRST_B) : among(values.b, k, n, FIRST_B);
  const sums = product(form, values.a, values.b, { m, n, k });
  const yStride = up4(n) + GAP;
  const [gateOffset, gateStride] = [8, up4(n) + 12];
  const rows = FIRST_Y + m + 1;

  /** A matrix of random numbers where the op reads or writes by row. */
  const matrix = (seed: number): Float32Array<ArrayBuffer> => normals(seed, rows * yStride);
  const outputs: { name: string; before: Float32Array<ArrayBuffer>; expected: Float64Array }[] = [];
  /** An output whose row `y`, column `column` is to be `value`, and 0 behind the last column unless `value` says else. */
  const output = (
    name: string,
    value: (sum: number, y: number, column: number, at: number) => number,
    before = matrix(10 + outputs.length),
  ): Float64Array => {
    const expected = Float64Array.from(before);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < up4(n); column++) {
        const at = (FIRST_Y + row) * yStride + column;
        const sum = column < n ? sums[row * n + column] : 0;
        expected[at] = value(sum, FIRST_Y + row, column, at);
      }
    }
    outputs.push({ name, before, expected });
    return expected;
  };
  const inputs: Record<string, Float32Array<ArrayBuffer>> = {};
  // Not a whole number of vec4 where n is none.
  const bias = normals(3, n);
  const biased = (sum: number, column: number): number => (column < n ? sum + bias[column] : 0);
  const act = ACTIVATION_REFERENCE[activation];
  const headSize = n / 6;
  switch (op) {
    case 'plain':
      output('y', (sum) => sum);
      break;
    case 'bias':
      inputs.bias = bias;
      output('y', (sum, _y, column) => biased(sum, column));
      break;
    case 'rope':
      inputs.angles = anglesOf(LENGTH, headSize);
      output('y', (sum, y, column) => {
        if (column >= (2 * n) / 3) return sum;
        const within = column % headSize;
        const first = (y - FIRST_Y) * n + column - within;
        return rotate(sums.subarray(first, first + headSize), y % LENGTH)[within];
      });
      break;
    case 'activate':
      inputs.bias = bias;
      output('u', (sum, _y, column) => biased(sum, column));
      output('h', (sum, _y, column) => act.of(biased(sum, column)));
      break;
    case 'activate-backward': {
      inputs.u = matrix(4).map((value) => scale * value);
      const u = (column: number, at: number): number => (column < n ? inputs.u[at] : 0);
      output('du', (sum, _y, column, at) => sum * act.derivative(u(column, at)));
      output('h', (_sum, _y, column, at) => act.of(u(column, at)));
      break;
    }
    case 'residual':
    case 'residual-bias': {
      inputs.x = matrix(5);
      inputs.gate = normals(6, (Math.floor(rows / GROUP_ROWS) + 1) * gateStride);
      if (op === 'residual-bias') inputs.bias = bias;
      const added = (sum: number, column: number): number => (op === 'residual' ? sum : biased(sum, column));
      output('p', (sum, _y, column) => added(sum, column));
      output('z', (sum, y, column, at) => {
        const gate = inputs.gate[Math.floor(y / GROUP_ROWS) * gateStride + gateOffset + column];
        return inputs.x[at] + gate * added(sum, column);
      });
      break;
    }
    case 'gradient':
    case 'gradient-bias': {
      const before = matrix(10);
      output('y', (sum, _y, _column, at) => before[at] + sum, before);
      if (op === 'gradient') break;
      const dbias = normals(7, m);
      const total = Float64Array.from(dbias);
      values.a.forEach((value, i) => (total[i % m] += value));
      outputs.push({ name: 'dbias', before: dbias, expected: total });
      break;
    }
    default:
      throw new Error(`no reference for the output op ${op}`);
  }

  const written = Object.fromEntries(
    outputs.map(({ name, before }) => [name, arena.storageOf(name, before)] as const),
  );
  const read = Object.fromEntries(
    Object.entries({ ...inputs, a: a.wide, b: b.wide }).map(
      ([name, held]) => [name, arena.storageOf(name, held)] as const,
    ),
  );
  // Behind another one, so that the offset of a launch counts.
  const shape = { m, n, k, aStride: a.stride, bStride: b.stride, yStride };
  const places = { firstA: FIRST_A, firstB: FIRST_B, firstY: FIRST_Y, length: LENGTH, groupRows: GROUP_ROWS };
  const uniforms = matmulUniforms([
    { ...shape, m: 1, n: 1, k: 1 },
    { ...shape, ...places, gateStride, gateOffset },
  ]);
  const constants = matmulConstants(form, v, {
    ...(op === 'rope' ? { headSize } : {}),
    ...(op.startsWith('activate') ? { activation } : {}),
  });
  const kernel = await gpu.kernels.compile(kernels[v.kind], constants);
  const launch = kernel.bind({
    ...read,
    ...written,
    shape: { buffer: arena.uniformOf('shape', uniforms), size: MATMUL_SHAPE_BYTES },
  });
  submit(gpu, [launch(matmulWorkgroups(v, m, n), MATMUL_SHAPE_STRIDE)]);
  let largest = 0;
  for (const { name, expected } of outputs) {
    const actual = new Float32Array(await readBuffer(gpu, written[name]));
    largest = Math.max(largest, largestError(actual, expected));
  }
  return largest;
}

/** An op in a variant: sums that no chunk divides, on a tile and a row more, and on one row of one column. */
function opCheck(of: MatmulOp, v: MatmulVariant, gpuOnly = false): KernelCheck {
  const tall = matmulRows(v) + 1;
  // Two heads of 16: their size is a constant of the kernel.
  const [wide, narrow] = of.endsWith('rope') ? [96, 96] : [66, 1];
  const shapes = [
    [tall, wide, 70],
    [1, narrow, 1],
  ] as const;
  return overCases(
    {
      kernel: matmulOp(of).kernels[v.kind].name,
      what: checkWords.products(shapes, describeMatmulVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    shapes,
    (gpu, arena, [m, n, k]) => matmulError(gpu, arena, of, { v, m, n, k }),
  );
}

/** For each form an op that shows all of a tiled loop: pairs of columns, plain ones, sums on the way. */
const TELLING: readonly MatmulOp[] = ['nt rope', 'nn plain', 'tn gradient-bias'];

/** Compiles in a second: with it all of the tiled loop is checked where a CPU plays GPU. */
export const LIGHT_TILED: TiledVariant = {
  ...{ kind: 'tiled', tileM: 16, tileN: 16 },
  ...{ rows: 4, slices: 4, chunk: 16 },
};

export const MATMUL_CHECKS: readonly KernelCheck[] = [
  ...MATMUL_OPS.map((of) => opCheck(of, DIRECT)),
  ...TELLING.map((of) => opCheck(of, LIGHT_TILED)),
  ...MATMUL_OPS.map((of) => opCheck(of, TILED[0], true)),
  ...TILED.slice(1).flatMap((v) => TELLING.map((of) => opCheck(of, v, true))),
];
