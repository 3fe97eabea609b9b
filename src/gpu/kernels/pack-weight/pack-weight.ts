import type { Arena } from '../../buffers.ts';
import type { Gpu } from '../../device.ts';
import { defineKernel } from '../../kernel.ts';
import { readBuffer, submit } from '../../recorder.ts';
import { paddedColumns, STORED_BYTES, type Storage } from '../gemm/gemm.ts';
import packWgsl from './pack-weight.wgsl?raw';

/** Packs rows of a matrix into panels; pack-weight.wgsl says how. */
export const PACK_WEIGHT = defineKernel('pack-weight', [packWgsl], {
  part: 'uniform',
  source: 'read',
  panels: 'read-write',
  beyond: 'read-write',
});

/** The largest value that f16 holds. */
export const LARGEST_HALF = 65_504;

/**
 * Remembers, on the GPU, what was to be narrowed to f16 and lies beyond it: such values would silently become infinite. Asked once,
 * when all is packed, so that nothing waits for it on the way.
 */
export class RangeWatch {
  /** Bits of the largest such magnitude of each matrix or part, 0 where there is none. */
  readonly buffer: GPUBuffer;
  readonly #names: string[] = [];

  /** @param most names that it has room for */
  constructor(
    private readonly gpu: Gpu,
    arena: Arena,
    private readonly most: number,
  ) {
    this.buffer = arena.storage('values beyond f16', 4 * most);
  }

  /** Where the largest magnitude of what is called so is kept. */
  index(name: string): number {
    const known = this.#names.indexOf(name);
    if (known >= 0) return known;
    if (this.#names.length === this.most)
      throw new Error(`a watch over ${this.most} tensors has no room for ${name}`);
    return this.#names.push(name) - 1;
  }

  /** The first, in the order of `index`, that holds values beyond f16, with the largest magnitude; once all is packed. */
  async found(): Promise<{ name: string; magnitude: number } | undefined> {
    const magnitudes = new Float32Array(await readBuffer(this.gpu, this.buffer));
    const at = magnitudes.findIndex((magnitude) => magnitude > 0);
    return at < 0 ? undefined : { name: this.#names[at], magnitude: magnitudes[at] };
  }
}

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
  /** Where the watch keeps values of it that f16 does not hold: `RangeWatch.index`. */
  watch?: number;
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
  return paddedColumns(columns) * inner * STORED_BYTES[storage];
}

/**
 * Upload a matrix and pack it on the GPU, a few megabytes at a time.
 * @param arena owner of the packed matrix
 * @param size columns N (rows of the tensor) and inner K
 * @param options.chunkBytes bytes that travel at once, as far as whole heads allow
 * @param options.watch told of values beyond f16, where they are narrowed; each part names its place
 * @throws GpuOutOfMemory with the bytes of the matrix
 */
export async function packMatrix(
  gpu: Gpu,
  arena: Arena,
  label: string,
  size: { columns: number; inner: number; storage: Storage },
  parts: readonly MatrixPart[],
  options: { chunkBytes?: number | undefined; watch?: RangeWatch | undefined } = {},
): Promise<PackedMatrix> {
  const { chunkBytes = CHUNK_BYTES, watch } = options;
  const { columns, inner, storage } = size;
  const bytes = packedBytes(columns, inner, storage);
  const buffer = await arena.checked(label, bytes, () => arena.storage(label, bytes));
  const staging = gpu.memory.arena(`${label} on its way`);
  try {
    for (const part of parts) {
      await packPart(gpu, staging, { buffer, columns, inner, storage }, part, chunkBytes, watch?.buffer);
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
  watched: GPUBuffer | undefined,
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
    const first = (part.at + from) / 16;
    const uniform = Uint32Array.of(to - from, inner, paired, units, first, part.watch ?? 0);
    const launch = kernel.bind({
      part: staging.uniformOf('part', uniform),
      source,
      panels: matrix.buffer,
      beyond: watched ?? staging.storage('values beyond f16', 4),
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
