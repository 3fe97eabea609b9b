import type { Arena } from '../../buffers.ts';
import type { Gpu } from '../../device.ts';
import { defineKernel } from '../../kernel.ts';
import { submit } from '../../recorder.ts';
import { paddedColumns, type Storage } from '../gemm/gemm.ts';
import packWgsl from './pack-weight.wgsl?raw';

/** Packs rows of a matrix into panels; pack-weight.wgsl says how. */
export const PACK_WEIGHT = defineKernel('pack-weight', [packWgsl], {
  part: 'uniform',
  source: 'read',
  panels: 'read-write',
});

/** Number formats a checkpoint may hold, in the order of FORMAT in pack-weight.wgsl. */
const FORMATS = ['F32', 'F16', 'BF16'] as const;
export type SourceFormat = (typeof FORMATS)[number];

/** A matrix on the GPU in the panels of the GEMM: [columns, inner] of a linear layer y = x w^T. */
export interface PackedMatrix {
  readonly buffer: GPUBuffer;
  readonly columns: number;
  readonly inner: number;
  readonly storage: Storage;
}

/** Rows of a matrix that come from one tensor, or a part of one. */
export interface MatrixPart {
  /** Row of the packed matrix at which they begin, a multiple of 16. */
  at: number;
  rows: number;
  format: SourceFormat;
  /** Of the first rows, how many are q or k and have their rotary pairs put side by side; needs `headSize`. */
  paired?: number;
  headSize?: number;
  /**
   * Raw bytes of rows `from` to `to`, row-major, little-endian; a length that is no multiple of 4 is padded.
   * Called in order, for one chunk at a time.
   */
  read: (from: number, to: number) => Promise<Uint8Array>;
}

/** Bytes of a matrix that travel at once; bounds what is staged on the GPU and held by JavaScript. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** Bytes of a packed matrix. */
export function packedBytes(columns: number, inner: number, storage: Storage): number {
  return paddedColumns(columns) * inner * (storage === 'f16' ? 2 : 4);
}

/**
 * Upload a matrix and pack it on the GPU, a few megabytes at a time.
 * @param arena owner of the packed matrix
 * @param size columns N (rows of the tensor) and inner K
 * @param chunkBytes bytes that travel at once, as far as whole heads allow
 * @throws GpuOutOfMemory with the bytes of the matrix
 */
export async function packMatrix(
  gpu: Gpu,
  arena: Arena,
  label: string,
  size: { columns: number; inner: number; storage: Storage },
  parts: readonly MatrixPart[],
  chunkBytes = CHUNK_BYTES,
): Promise<PackedMatrix> {
  const { columns, inner, storage } = size;
  const bytes = packedBytes(columns, inner, storage);
  const buffer = await arena.checked(label, bytes, () => arena.storage(label, bytes));
  const staging = gpu.memory.arena(`${label} on its way`);
  try {
    for (const part of parts) {
      await packPart(gpu, staging, { buffer, columns, inner, storage }, part, chunkBytes);
    }
  } finally {
    staging.destroy();
  }
  return { buffer, columns, inner, storage };
}

async function packPart(
  gpu: Gpu,
  staging: Arena,
  matrix: PackedMatrix,
  part: MatrixPart,
  chunkBytes: number,
): Promise<void> {
  const { inner, storage } = matrix;
  if (part.at % 16 !== 0)
    throw new Error(`a part of a matrix begins at row ${part.at}, not a multiple of 16`);
  const rowBytes = inner * (part.format === 'F32' ? 4 : 2);
  // Whole panels and whole heads at a time.
  const unit = 16 * (part.headSize ?? 1);
  const step = Math.max(unit, Math.floor(chunkBytes / rowBytes / unit) * unit);
  const kernel = await gpu.kernels.compile(PACK_WEIGHT, {
    FORMAT: FORMATS.indexOf(part.format),
    HALF: storage === 'f16',
    HEAD_SIZE: part.headSize ?? 0,
  });
  for (let from = 0; from < part.rows; from += step) {
    const to = Math.min(part.rows, from + step);
    const panels = Math.ceil((to - from) / 16);
    const units = panels * 4 * inner;
    const raw = await part.read(from, to);
    const source = staging.storage('rows', raw.byteLength);
    gpu.write(source, 0, padded(raw));
    const paired = Math.max(0, Math.min(to, part.paired ?? 0) - from);
    const launch = kernel.bind({
      part: staging.uniformOf('part', Uint32Array.of(to - from, inner, paired, units, (part.at + from) / 16)),
      source,
      panels: matrix.buffer,
    });
    const groups = Math.ceil(units / 64);
    const wide = Math.min(groups, 65_535);
    submit(gpu, [launch([wide, Math.ceil(groups / wide)])]);
    // Waiting keeps one chunk in flight: the file's bytes never pile up.
    await gpu.device.queue.onSubmittedWorkDone();
    staging.clear();
  }
}

/** Bytes as a view whose length is a multiple of four, which writeBuffer asks for. */
function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0 && bytes.buffer instanceof ArrayBuffer)
    return bytes as Uint8Array<ArrayBuffer>;
  const copy = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  copy.set(bytes);
  return copy;
}
