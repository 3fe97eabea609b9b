import { Float16Array } from '@petamoriken/float16';
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { paddedColumns, type Storage } from '../kernels/gemm/gemm.ts';
import { packPanels } from '../kernels/pack-weight/pack-weight.reference.ts';
import {
  PACK_WEIGHT,
  packMatrix,
  type MatrixPart,
  type SourceFormat,
} from '../kernels/pack-weight/pack-weight.ts';
import { readBuffer } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { differing, normals } from './numbers.ts';

export const FORMATS = ['F32', 'F16', 'BF16'] as const;

/** Bits of a format as the bytes of a file. */
function fileBytes(bits: ArrayLike<number>, format: SourceFormat): Uint8Array<ArrayBuffer> {
  const words = format === 'F32' ? Uint32Array.from(bits) : Uint16Array.from(bits);
  // One byte into a larger array, as a slice of a file may be.
  const file = new Uint8Array(words.byteLength + 1);
  file.set(new Uint8Array(words.buffer), 1);
  return file.subarray(1);
}

/** Bits of float32 values in a format; for BF16 and F16 those nearest. */
export function bitsOf(values: Float32Array<ArrayBuffer>, format: SourceFormat): Uint32Array {
  const words = new Uint32Array(values.buffer);
  if (format === 'F32') return words;
  if (format === 'BF16') return words.map((word) => (word + 0x8000) >>> 16);
  return Uint32Array.from(new Uint16Array(new Float16Array(values).buffer));
}

/** The values of bits. */
export function valuesOf(bits: Uint32Array, format: SourceFormat): Float32Array {
  if (format === 'F16') return Float32Array.from(new Float16Array(Uint16Array.from(bits).buffer));
  return new Float32Array(Uint32Array.from(bits, (word) => (format === 'F32' ? word : word << 16)).buffer);
}

/** A part of a matrix, with the ranges that were read of it. */
export function partOf(
  bits: ArrayLike<number>,
  inner: number,
  fields: Pick<MatrixPart, 'at' | 'format'> & Partial<MatrixPart>,
): MatrixPart & { ranges: [number, number][] } {
  const bytes = fileBytes(bits, fields.format);
  const rows = bits.length / inner;
  const ranges: [number, number][] = [];
  const read = (from: number, to: number) => {
    ranges.push([from, to]);
    const rowBytes = bytes.byteLength / rows;
    return Promise.resolve(bytes.subarray(from * rowBytes, to * rowBytes));
  };
  return { rows, read, ranges, ...fields };
}

export interface MatrixSize {
  columns: number;
  inner: number;
  storage: Storage;
}

/** Pack a matrix and read the panels back, [paddedColumns / 16, inner, 16]. */
export async function packedValues(
  gpu: Gpu,
  arena: Arena,
  size: MatrixSize,
  parts: readonly MatrixPart[],
  chunkBytes?: number,
): Promise<Float32Array> {
  const { buffer } = await packMatrix(gpu, arena, 'matrix', size, parts, { chunkBytes });
  const bytes = await readBuffer(gpu, buffer);
  return size.storage === 'f32' ? new Float32Array(bytes) : Float32Array.from(new Float16Array(bytes));
}

/** Random weights, with the ends of what f16 holds without denormals, and zeros of both signs. */
function weights(columns: number, inner: number, format: SourceFormat, storage: Storage): Uint32Array {
  const values = normals(columns, columns * inner, 0.1);
  // As BF16 the largest f16 would round up, out of range.
  values.set([-0, storage === 'f16' ? 60928 : 65504, 2 ** -14, 0]);
  return bitsOf(values, format);
}

/** How packed values differ from what they should be. */
export interface PackErrors {
  /** Values that the storage holds exactly and that did not arrive to the last bit. */
  changed: number;
  /** Those that became 0 because a half on their way is denormal: WGSL lets a driver flush it. */
  flushed: number;
  /**
   * Largest error of the others: relative where the value is normal in f16, else 16 times the absolute one, so that 2^-10
   * bounds both. WGSL lets a driver choose between the two neighbours.
   */
  rounding: number;
}

/** Pack random weights of a format, and compare. */
export async function packErrors(
  gpu: Gpu,
  arena: Arena,
  format: SourceFormat,
  size: MatrixSize,
): Promise<PackErrors> {
  const { columns, inner, storage } = size;
  const bits = weights(columns, inner, format, storage);
  const values = valuesOf(bits, format);
  const expected = packPanels(values, { ...size, padded: paddedColumns(columns) });
  const packed = await packedValues(gpu, arena, size, [partOf(bits, inner, { at: 0, format })]);
  const errors = { changed: 0, flushed: 0, rounding: 0 };
  if (packed.length !== expected.length) return { ...errors, changed: Infinity };
  const nearest = storage === 'f32' ? expected : new Float16Array(expected);
  // From F16 to f16 bits are moved.
  const converted = (format === 'F16') !== (storage === 'f16');
  expected.forEach((value, i) => {
    if (Object.is(packed[i], value)) return;
    if (nearest[i] === value) {
      const flushed = converted && packed[i] === 0 && Math.abs(value) < 2 ** -14;
      errors[flushed ? 'flushed' : 'changed'] += 1;
      return;
    }
    const error = Math.abs(value) > 2 ** -14 ? packed[i] / value - 1 : 16 * (packed[i] - value);
    errors.rounding = Math.max(errors.rounding, Math.abs(error));
  });
  return errors;
}

/** All halves, denormals, infinities and NaN among them, that F16 to f16 does not move bit by bit. */
export async function halvesError(gpu: Gpu, arena: Arena): Promise<number> {
  const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const size = { columns: 256, inner: 256, storage: 'f16' } as const;
  const part = partOf(bits, size.inner, { at: 0, format: 'F16' });
  const { buffer } = await packMatrix(gpu, arena, 'all halves', size, [part]);
  const packed = new Uint16Array(await readBuffer(gpu, buffer));
  return differing(packed, packPanels(bits, { ...size, padded: 256 }));
}

/** Values that are in a wrong place after queries, keys and values with heads of `headSize` rows were packed. */
export async function pairsError(
  gpu: Gpu,
  arena: Arena,
  { headSize, heads }: { headSize: number; heads: number },
): Promise<number> {
  const columns = 3 * heads * headSize;
  const size = { columns, inner: 4, storage: 'f32' } as const;
  const values = Float32Array.from({ length: columns * 4 }, (_, i) => i);
  const rotary = { paired: 2 * heads * headSize, headSize };
  const part = partOf(bitsOf(values, 'F32'), 4, { at: 0, format: 'F32', ...rotary });
  const expected = packPanels(values, { ...size, padded: paddedColumns(columns) }, rotary);
  return differing(await packedValues(gpu, arena, size, [part]), expected);
}

const SHAPES = [
  { columns: 1, inner: 4 },
  { columns: 131, inner: 36 },
] as const;

function check(format: SourceFormat, storage: Storage): KernelCheck {
  const rounded = storage === 'f16' && format !== 'F16';
  return overCases(
    {
      kernel: PACK_WEIGHT.name,
      what: checkWords.packWeight.formats(format, storage),
      ...(rounded ? { bound: 2 ** -10, measure: 'relative' } : { bound: 0, measure: 'bits' }),
    },
    SHAPES,
    async (gpu, arena, shape) => {
      const { changed, rounding } = await packErrors(gpu, arena, format, { ...shape, storage });
      return Math.max(changed, rounding);
    },
  );
}

export const PACK_WEIGHT_CHECKS: readonly KernelCheck[] = [
  ...FORMATS.flatMap((format) => [check(format, 'f16'), check(format, 'f32')]),
  overCases(
    { kernel: PACK_WEIGHT.name, what: checkWords.packWeight.halves, bound: 0, measure: 'bits' },
    [0],
    halvesError,
  ),
  overCases(
    {
      kernel: PACK_WEIGHT.name,
      what: checkWords.packWeight.pairs,
      bound: 0,
      measure: 'bits',
    },
    [
      { headSize: 32, heads: 2 },
      { headSize: 128, heads: 1 },
    ],
    pairsError,
  ),
];
