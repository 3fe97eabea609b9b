/** Rounds the weights of a safetensors file to half precision as the file comes, so that it is nowhere whole as f32. */
import { Float16Array } from '@petamoriken/float16';
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import { expectedTensors } from '../checkpoint.ts';
import type { ModelConfig } from '../config.ts';
import { canonicalName } from '../names.ts';
import { decodeFloats, type Dtype } from '../safetensors.ts';
import { DTYPE_BYTES, writeHeader, type HeaderTensor } from '../write.ts';
import { fromHex, toHex } from './hex.ts';
import type { RemoteHeader } from './remote-header.ts';
import type { ByteTransform, TransformFactory } from './transform.ts';

/** Largest finite number of f16. */
const LARGEST_HALF = 65_504;

/** A part of the source, and what becomes of it. */
interface Part {
  name: string;
  begin: number;
  end: number;
  /** Dtype of what is rounded; undefined of what stays as it is. */
  rounded?: Exclude<Dtype, 'F16'>;
}

/** How a file is to be rounded: its header, and its tensors in the order of their data. */
interface Plan {
  header: Uint8Array<ArrayBuffer>;
  parts: Part[];
  /** Bytes of the file to be. */
  size: number;
}

function metadataOf(header: Uint8Array): Record<string, string> | undefined {
  const json = JSON.parse(new TextDecoder().decode(header.subarray(8))) as Record<string, unknown>;
  return json['__metadata__'] as Record<string, string> | undefined;
}

/** Tensors that the network has no use for stay as they are, as do those of whole numbers. */
function makePlan({ entries, bytes }: RemoteHeader, config: ModelConfig): Plan {
  const expected = expectedTensors(config);
  const sorted = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const planned = sorted.map(([name, { dtype, shape, begin, end }]): { entry: HeaderTensor; part: Part } => {
    const wide: Part['rounded'] = dtype === 'F32' || dtype === 'BF16' ? dtype : undefined;
    const rounded = expected.has(canonicalName(name)) ? wide : undefined;
    const size = rounded ? ((end - begin) / DTYPE_BYTES[rounded]) * DTYPE_BYTES.F16 : end - begin;
    return {
      entry: { name, dtype: rounded ? 'F16' : dtype, shape, bytes: size },
      part: { name, begin, end, ...(rounded && { rounded }) },
    };
  });
  const header = writeHeader(
    planned.map(({ entry }) => entry),
    metadataOf(bytes),
  );
  return {
    header,
    parts: planned.map(({ part }) => part),
    size: planned.reduce((sum, { entry }) => sum + entry.bytes, header.length),
  };
}

/** Bytes of the file once it is rounded. */
export const f16Size = (header: RemoteHeader, config: ModelConfig): number => makePlan(header, config).size;

/** Values as f16 patterns, to the nearest, ties to even. @throws UnmaskError 'tensor-range' */
function round(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: Dtype,
  name: string,
  file: string,
): Uint8Array<ArrayBuffer> {
  const values = decodeFloats(bytes, dtype);
  for (const value of values) {
    if (Math.abs(value) > LARGEST_HALF) {
      throw new UnmaskError('tensor-range', words.outOfRange(file, name, value, LARGEST_HALF));
    }
  }
  return new Uint8Array(new Float16Array(values).buffer);
}

/**
 * Transform of a file whose header is known: F32 and BF16 tensors of the network become F16.
 * @throws UnmaskError in `push`: 'tensor-range' for a value that f16 does not have, 'hash-mismatch' where the file begins with
 *   another header
 */
export function f16Stream(source: RemoteHeader, config: ModelConfig): TransformFactory {
  const { header, parts } = makePlan(source, config);
  const { path } = source.file;

  return (saved) => {
    /** Bytes of the source so far. */
    let position = 0;
    /** The last ones of them, of a value that is not whole. */
    let carry = new Uint8Array();
    if (saved !== undefined) {
      const [at, rest] = saved.split(' ');
      position = Number(at);
      carry = fromHex(rest);
      if (!Number.isSafeInteger(position) || position < 0) throw new Error('no place in a file');
    }

    /** What becomes of bytes of a part, or of a beginning of them. */
    const convert = ({ rounded, name }: Part, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      if (!rounded) return bytes;
      const joined = new Uint8Array(carry.length + bytes.length);
      joined.set(carry);
      joined.set(bytes, carry.length);
      const whole = joined.length - (joined.length % DTYPE_BYTES[rounded]);
      carry = joined.slice(whole);
      return round(joined.slice(0, whole), rounded, name, path);
    };

    const push = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
      const out: Uint8Array<ArrayBuffer>[] = position === 0 && bytes.length > 0 ? [header] : [];
      const begin = position;
      const end = begin + bytes.length;
      const known = bytes.subarray(0, Math.max(0, source.bytes.length - begin));
      if (known.some((byte, i) => byte !== source.bytes[begin + i])) {
        throw new UnmaskError('hash-mismatch', words.header.replaced(path));
      }
      for (const part of parts) {
        const [from, to] = [Math.max(begin, part.begin), Math.min(end, part.end)];
        if (from < to) out.push(convert(part, bytes.subarray(from - begin, to - begin)));
      }
      position = end;
      const joined = new Uint8Array(out.reduce((sum, { length }) => sum + length, 0));
      out.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
      return joined;
    };
    return { push, save: () => `${position} ${toHex(carry)}` } satisfies ByteTransform;
  };
}
