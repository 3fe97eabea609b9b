/** Writes safetensors files (huggingface/safetensors, "Format"), as safetensors.ts reads them. */
import type { Dtype } from './safetensors.ts';

/** A tensor of a file to be. */
export interface TensorToWrite {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  /** Little-endian and row-major: an array of numbers of this dtype (halves as their patterns), bytes, or a part of a file. */
  data: ArrayBufferView<ArrayBuffer> | Blob;
}

/** Bytes of an element. */
export const DTYPE_BYTES: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2 };

const sizeOf = (data: TensorToWrite['data']): number => (data instanceof Blob ? data.size : data.byteLength);

/** A tensor as a header tells of it. */
export interface HeaderTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  /** Of its data. */
  bytes: number;
}

/**
 * The header of a file whose tensors lie in this order, one behind the other: its length in 8 bytes, JSON, and spaces that
 * bring the data to a multiple of 8 bytes, as the format asks.
 */
export function writeHeader(
  tensors: Iterable<HeaderTensor>,
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, unknown>(metadata && [['__metadata__', metadata]]);
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    entries.set(name, { dtype, shape, data_offsets: [offset, offset + bytes] });
    offset += bytes;
  }
  // `fromEntries` makes a property of any name, `__proto__` too.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(8 + 8 * Math.ceil(json.length / 8)).fill(0x20);
  header.set(json, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  return header;
}

/**
 * A safetensors file. Tensors are sorted as the format's own library sorts them, wide elements first, then by name, so that
 * each is aligned to its elements. The parts are taken as they are; what the blob does with them is the browser's business.
 * @param metadata strings for `__metadata__` (default: `format` pt, which some readers ask for)
 * @throws Error for data that do not fill their shape, or two tensors of one name: a fault of the caller
 */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Blob {
  const sorted = tensors.toSorted(
    (a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype] || (a.name < b.name ? -1 : 1),
  );
  const names = new Set<string>();
  const described = sorted.map(({ name, dtype, shape, data }) => {
    const bytes = DTYPE_BYTES[dtype] * shape.reduce((product, n) => product * n, 1);
    if (sizeOf(data) !== bytes) {
      throw new Error(`${name} has ${sizeOf(data)} bytes, but ${dtype} [${shape.join(', ')}] takes ${bytes}`);
    }
    if (names.has(name)) throw new Error(`two tensors are called ${name}`);
    names.add(name);
    return { name, dtype, shape, bytes };
  });
  const header = writeHeader(described, metadata);
  return new Blob([header, ...sorted.map(({ data }) => data)], { type: 'application/octet-stream' });
}
