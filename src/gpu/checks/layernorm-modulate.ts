import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { layerNormModulate } from '../kernels/layernorm/layernorm-modulate.reference.ts';
import {
  LAYERNORM_GATHER,
  LAYERNORM_MODULATE,
  layernormUniform,
  NOT_CHOSEN,
} from '../kernels/layernorm/layernorm-modulate.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { integers, largestError, normals } from './numbers.ts';

export interface NormShape {
  inner: number;
  /** Rows of a sample. */
  length: number;
  samples: number;
}

/** How to run it. */
export interface NormRun {
  /** One row of modulation for all samples. */
  shared?: boolean;
  /** By the kernel for chosen rows; which they are, chance decides, but row 0 is not among them. */
  gather?: boolean;
}

/** Slots of rows of which about half are chosen, and where those rows are: their slots are in reversed order. */
export function chooseRows(rows: number): { slots: Uint32Array<ArrayBuffer>; chosen: number[] } {
  const coins = integers(rows, rows, 2);
  const chosen = Array.from(coins.keys())
    .filter((row) => row > 0 && coins[row] === 1)
    .reverse();
  const slots = new Uint32Array(rows).fill(NOT_CHOSEN);
  for (const [slot, row] of chosen.entries()) slots[row] = slot;
  return { slots, chosen };
}

/** Rows of `values` [rows, inner] in the order given, with zeros behind them to the length of `values`. */
export function gatherRows(
  values: Float64Array,
  rows: readonly number[],
  inner: number,
): Float64Array<ArrayBuffer> {
  const gathered = new Float64Array(values.length);
  for (const [i, row] of rows.entries()) {
    gathered.set(values.subarray(row * inner, (row + 1) * inner), i * inner);
  }
  return gathered;
}

/**
 * Error over samples of `length` rows, each sample with its own modulation among values that belong to others.
 * @param x [samples * length, inner]
 */
export async function layernormError(
  gpu: Gpu,
  arena: Arena,
  x: Float32Array<ArrayBuffer>,
  { inner, length, samples }: NormShape,
  { shared = false, gather = false }: NormRun = {},
): Promise<number> {
  const weight = normals(2, inner, 0.3, 1);
  const s = { inner, length, stride: shared ? 0 : 3 * inner + 8, shift: 2 * inner + 4, scale: 4 };
  const modulation = normals(3, samples * (3 * inner + 8));
  const { slots, chosen } = chooseRows(samples * length);
  const y = arena.storage('y', 4 * x.length);
  const buffers = {
    shape: arena.uniformOf('shape', layernormUniform(s)),
    x: arena.storageOf('x', x),
    weight: arena.storageOf('weight', weight),
    modulation: arena.storageOf('modulation', modulation),
    y,
  };
  const launch = gather
    ? (await gpu.kernels.compile(LAYERNORM_GATHER)).bind({
        ...buffers,
        slots: arena.storageOf('slots', slots),
      })
    : (await gpu.kernels.compile(LAYERNORM_MODULATE)).bind(buffers);
  submit(gpu, [launch([samples * length])]);
  const expected = layerNormModulate(x, weight, modulation, s);
  return largestError(
    new Float32Array(await readBuffer(gpu, y)),
    gather ? gatherRows(expected, chosen, inner) : expected,
  );
}

export const LAYERNORM_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: LAYERNORM_MODULATE.name,
      what: checkWords.layernorm,
      bound: 3e-6,
      measure: 'relative',
    },
    [
      { inner: 4, length: 1, samples: 1 },
      { inner: 100, length: 5, samples: 2 },
      { inner: 260, length: 2, samples: 5 },
    ],
    (gpu, arena, shape) => {
      const { inner, length, samples } = shape;
      return layernormError(gpu, arena, normals(inner, samples * length * inner, 2, 1), shape);
    },
  ),
  overCases(
    {
      kernel: LAYERNORM_MODULATE.name,
      what: checkWords.layernormOffset,
      bound: 3e-6,
      measure: 'relative',
    },
    [{ inner: 100, length: 3, samples: 2 }],
    (gpu, arena, shape) => layernormError(gpu, arena, normals(1, 600, 1, 1000), shape),
  ),
];
