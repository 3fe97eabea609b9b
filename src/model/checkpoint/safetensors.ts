import { Float16Array } from '@petamoriken/float16';
import { shortName, UnmaskError } from '../errors.ts';
import { safetensorsWords as words } from '../messages/safetensors.ts';
import { convertPickle, isPickle } from './pickle.ts';

/** Dtypes in which the network's tensors may be stored. */
export type Dtype = 'F32' | 'F16' | 'BF16';

/** Where a tensor lies in its file. */
export interface TensorInfo {
  dtype: Dtype;
  shape: number[];
  /** First byte, counted from the start of the file. */
  begin: number;
  /** One past the last byte. */
  end: number;
}

/** What the header says of a tensor, of whatever dtype. */
export interface HeaderEntry extends Omit<TensorInfo, 'dtype'> {
  dtype: string;
}

/** Named tensors that are read on demand. */
export interface TensorSource {
  /** Every tensor of the file, in the order of the header. */
  names(): string[];
  has(name: string): boolean;
  /** What the file calls a tensor, where it is known here under another name. */
  fileName?(name: string): string;
  /** @throws UnmaskError 'tensor-missing', or 'tensor-dtype' where it is stored as something else than floats */
  info(name: string): TensorInfo;
  /**
   * The tensor's raw little-endian bytes, from a 4-byte aligned address.
   * @param rows only rows from..to (exclusive) of the first dimension
   * @throws UnmaskError as `info`, 'argument' for rows it does not have, 'file-truncated' when the file cannot be read
   */
  read(name: string, rows?: { from: number; to: number }): Promise<Uint8Array<ArrayBuffer>>;
}

/** Largest header that the format allows, in bytes (MAX_HEADER_SIZE of huggingface/safetensors). */
const MAX_HEADER = 100_000_000;

/** Bits per element of every dtype of the format (`Dtype::bitsize` of huggingface/safetensors). */
const BITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6 },
    ...{ BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8 },
    ...{ U16: 16, I16: 16, F16: 16, BF16: 16 },
    ...{ U32: 32, I32: 32, F32: 32 },
    ...{ U64: 64, I64: 64, F64: 64, C64: 64 },
  }),
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Read a part of a file; files on disk may have changed since they were chosen. */
async function readBytes(
  blob: Blob,
  begin: number,
  end: number,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await blob.slice(begin, end).arrayBuffer());
  } catch (cause) {
    throw new UnmaskError('file-truncated', words.unreadable(file), {
      cause,
    });
  }
  if (bytes.length < end - begin) {
    throw new UnmaskError('file-truncated', words.tooShort(file, begin + bytes.length, end));
  }
  return bytes;
}

/**
 * Length of the JSON header in bytes, from the first 9 bytes of a file (or all of it, if shorter).
 * @param size bytes of the whole file
 * @throws UnmaskError 'file-truncated' or 'file-format'
 */
export function headerLength(start: Uint8Array, size: number, file: string): number {
  if (size === 0) throw new UnmaskError('file-truncated', words.empty(file));
  // A length of 0x…0280 also begins like a pickle; only a header begins with a brace after it.
  const brace = start[8] === 0x7b;
  if (!brace && isPickle(start)) throw new UnmaskError('file-format', convertPickle(file));
  if (start.length < 9) {
    throw new UnmaskError('file-truncated', words.header.cut(file, size));
  }
  if (!brace) {
    throw new UnmaskError('file-format', words.header.none(file));
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    throw new UnmaskError('file-format', words.header.tooLong(file, length, MAX_HEADER));
  }
  if (8 + Number(length) > size) {
    throw new UnmaskError('file-truncated', words.header.longerThanFile(file, size, 8 + Number(length)));
  }
  return Number(length);
}

/** A shape as a message shows it: no tensor of a network has more than a few dimensions. */
export function showShape(shape: readonly number[]): string {
  const shown = shape.slice(0, 6).join(', ');
  return shape.length > 6 ? words.manyDimensions(shape.length, shown) : `[${shown}]`;
}

function checkEntry(name: string, entry: unknown, dataStart: number, file: string): HeaderEntry {
  const tensor = shortName(name);
  if (!isObject(entry)) throw new UnmaskError('file-format', words.entry.noObject(file, tensor));
  const { dtype, shape, data_offsets: offsets } = entry;
  const bits = typeof dtype === 'string' ? BITS.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined) {
    const shown = typeof dtype === 'string' ? shortName(dtype) : typeof dtype;
    throw new UnmaskError('tensor-dtype', words.entry.dtype(file, tensor, shown));
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new UnmaskError('tensor-shape', words.entry.shape(file, tensor));
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new UnmaskError('tensor-range', words.entry.offsets(file, tensor));
  }
  const [begin, end] = offsets as [number, number];
  const bytes = (shape.reduce((product, n) => product * n, 1) * bits) / 8;
  if (bytes !== end - begin) {
    throw new UnmaskError(
      'tensor-range',
      words.entry.bytes(file, tensor, end - begin, dtype, showShape(shape), bytes),
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** The format wants every byte of the data in one tensor: anything else is damage or a part of another file. */
function checkLayout(entries: Map<string, HeaderEntry>, dataStart: number, size: number, file: string): void {
  let expected = dataStart;
  // No tensor begins before `dataStart`, so the first one overlaps with none.
  let previous = '';
  const sorted = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of sorted) {
    if (begin < expected) {
      throw new UnmaskError('tensor-range', words.overlap(file, shortName(previous), shortName(name)));
    }
    if (begin > expected) {
      throw new UnmaskError(
        'tensor-range',
        end > size
          ? words.entry.outOfRange(file, shortName(name), begin, end, size)
          : words.gap(file, begin - expected, shortName(name)),
      );
    }
    expected = end;
    previous = name;
  }
  if (expected > size) {
    throw new UnmaskError('file-truncated', words.truncated(file, expected, size));
  }
  if (expected < size) {
    throw new UnmaskError('file-format', words.rest(file, size - expected));
  }
}

/**
 * Validate the JSON header of a safetensors file.
 * @param json the header's bytes, without the 8 that hold its length
 * @param size bytes of the whole file
 * @returns the tensors in the order of the header, of whatever dtype, with byte ranges of the file
 * @throws UnmaskError 'file-format', 'file-truncated', 'tensor-dtype', 'tensor-shape' or 'tensor-range'
 */
export function parseHeader(json: Uint8Array, size: number, file: string): Map<string, HeaderEntry> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new UnmaskError('file-format', words.header.notJson(file), { cause });
  }
  if (!isObject(header)) {
    throw new UnmaskError('file-format', words.header.noObject(file));
  }
  const dataStart = 8 + json.length;
  const entries = new Map<string, HeaderEntry>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, checkEntry(name, entry, dataStart, file));
    else if (!isObject(entry) || !Object.values(entry).every((value) => typeof value === 'string')) {
      throw new UnmaskError('file-format', words.header.metadata(file));
    }
  }
  checkLayout(entries, dataStart, size, file);
  return entries;
}

/**
 * Open a safetensors file (huggingface/safetensors, "Format"): reads and validates the header, then slices tensors
 * out of the blob on demand, so that a large file is never in memory twice.
 * @param file what messages call it
 * @throws UnmaskError as `parseHeader`; a pickle (.ckpt, .bin, .pt) is refused with the way to convert it
 */
export async function openSafetensors(blob: Blob, file: string): Promise<TensorSource> {
  const start = await readBytes(blob, 0, Math.min(9, blob.size), file);
  const length = headerLength(start, blob.size, file);
  const entries = parseHeader(await readBytes(blob, 8, 8 + length, file), blob.size, file);
  return tensorSource(entries, file, (begin, end) => readBytes(blob, begin, end, file));
}

/**
 * The tensors that a header tells of.
 * @param entries of `parseHeader`
 * @param readRange bytes of the file
 */
export function tensorSource(
  entries: ReadonlyMap<string, HeaderEntry>,
  file: string,
  readRange: (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>,
): TensorSource {
  const info = (name: string): TensorInfo => {
    const entry = entries.get(name);
    if (entry === undefined) {
      throw new UnmaskError('tensor-missing', words.noTensor(file, shortName(name)));
    }
    const { dtype } = entry;
    if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
      throw new UnmaskError('tensor-dtype', words.notFloats(file, shortName(name), dtype));
    }
    return { ...entry, dtype };
  };

  return {
    names: () => [...entries.keys()],
    has: (name) => entries.has(name),
    info,
    read: async (name, rows) => {
      const { begin, end, shape } = info(name);
      if (rows === undefined) return await readRange(begin, end);
      const count = shape[0] ?? 0;
      const { from, to } = rows;
      if (!isCount(from) || !isCount(to) || from > to || to > count) {
        throw new UnmaskError('argument', words.noRows(name, count, from, to));
      }
      const stride = count === 0 ? 0 : (end - begin) / count;
      return await readRange(begin + from * stride, begin + to * stride);
    },
  };
}

/** Value of each of the 65,536 half-precision patterns; made on first use, since a look-up beats any conversion. */
let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  if (halves === undefined) {
    const patterns = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern);
    halves = Float32Array.from(new Float16Array(patterns.buffer));
  }
  return halves;
}

/**
 * The numbers of a tensor as f32, which holds every F16 and BF16 exactly.
 * @param bytes little-endian, as `TensorSource.read` returns them; F32 gives a view of the same memory where aligned
 * @throws UnmaskError 'argument' when the bytes are no whole number of elements
 */
export function decodeFloats(bytes: Uint8Array<ArrayBuffer>, dtype: Dtype): Float32Array<ArrayBuffer> {
  const width = dtype === 'F32' ? 4 : 2;
  const count = bytes.length / width;
  if (!Number.isInteger(count)) {
    throw new UnmaskError('argument', words.notWhole(bytes.length, dtype));
  }
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  if (dtype === 'F32') return new Float32Array(aligned.buffer, aligned.byteOffset, count);
  const patterns = new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  const floats = new Float32Array(count);
  if (dtype === 'F16') {
    const table = halfTable();
    for (let i = 0; i < count; i++) floats[i] = table[patterns[i]]!;
  } else {
    // bfloat16 is the upper half of an f32.
    const bits = new Uint32Array(floats.buffer);
    for (let i = 0; i < count; i++) bits[i] = patterns[i] << 16;
  }
  return floats;
}
