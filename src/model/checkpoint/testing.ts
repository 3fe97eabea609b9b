/** Safetensors files made by hand, whole and broken, for tests. */
import type { TensorSource } from './safetensors.ts';
import type { NamedBlob } from './shards.ts';

/** A file of a header, which need not be right, and data. */
export function rawFile(
  header: unknown,
  data: Uint8Array<ArrayBuffer> = new Uint8Array(),
  length?: bigint,
): Blob {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = new DataView(new ArrayBuffer(8));
  prefix.setBigUint64(0, length ?? BigInt(json.length), true);
  return new Blob([prefix.buffer, json, data]);
}

/** A tensor of a file to be: its dtype, shape and raw bytes. */
export interface RawTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** A right file of these tensors, in this order. */
export function tensorFile(tensors: Record<string, RawTensor>): Blob {
  let offset = 0;
  const header = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const begin = offset;
    offset += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, offset] }];
  });
  const parts = Object.values(tensors).map(({ bytes }) => bytes);
  const data = new Uint8Array(offset);
  parts.reduce((at, part) => (data.set(part, at), at + part.length), 0);
  return rawFile(Object.fromEntries(header), data);
}

/** F32 tensor of these values. */
export const f32 = (shape: number[], values: number[]): RawTensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

/** Every tensor of a source, as it lies in its file. */
export async function rawTensors(tensors: TensorSource): Promise<Record<string, RawTensor>> {
  const list = await Promise.all(
    tensors.names().map(async (name): Promise<[string, RawTensor]> => {
      const { dtype, shape } = tensors.info(name);
      return [name, { dtype, shape, bytes: await tensors.read(name) }];
    }),
  );
  return Object.fromEntries(list);
}

/** A model cut into shards as Hugging Face names them, tensors dealt out in turn, and the index of them. */
export function shardFiles(
  tensors: Record<string, RawTensor>,
  count: number,
): { parts: NamedBlob[]; index: { metadata: object; weight_map: Record<string, string> } } {
  const names = Object.keys(tensors);
  const five = (n: number): string => String(n).padStart(5, '0');
  const weight_map: Record<string, string> = {};
  const parts = Array.from({ length: count }, (_, i): NamedBlob => {
    const name = `model-${five(i + 1)}-of-${five(count)}.safetensors`;
    const own = names.filter((_, at) => at % count === i);
    for (const tensor of own) weight_map[tensor] = name;
    return { name, blob: tensorFile(Object.fromEntries(own.map((tensor) => [tensor, tensors[tensor]]))) };
  });
  const total_size = Object.values(tensors).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { parts, index: { metadata: { total_size }, weight_map } };
}

/** A byte-level vocabulary without merges. */
export const tokenizerOf = (size: number): object => ({
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(Array.from({ length: size }, (_, i) => [`t${i}`, i])),
    merges: [],
  },
});

/** Most bytes that a file without data gives out at once. */
const MOST_SPARSE = 1e6;

/**
 * A weights file that has a header and no data: as large as it says, and nothing of it in memory. What lies behind the header
 * reads as zeros, but for the tensors that are given; asking for a megabyte of it is an error.
 */
export function sparseFile(
  entries: Record<string, { shape: number[]; values?: Float32Array<ArrayBuffer> }>,
): Blob & { readBytes: number } {
  let end = 0;
  const header: Record<string, unknown> = {};
  const given: { begin: number; bytes: Uint8Array<ArrayBuffer> }[] = [];
  for (const [name, { shape, values }] of Object.entries(entries)) {
    const begin = end;
    end += 4 * shape.reduce((product, n) => product * n, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
    if (values) given.push({ begin, bytes: new Uint8Array(values.buffer) });
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array([
    ...new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer),
    ...json,
  ]);
  const size = start.length + end;
  const pieces = [{ begin: 0, bytes: start }, ...given.map((g) => ({ ...g, begin: g.begin + start.length }))];

  class SparseFile extends Blob {
    readBytes = 0;
    override get size(): number {
      return size;
    }
    override slice(from = 0, to = size): Blob {
      if (to - from > MOST_SPARSE)
        throw new Error(`${to - from} bytes of a file without data were asked for`);
      const bytes = new Uint8Array(to - from);
      for (const piece of pieces) {
        const part = piece.bytes.subarray(Math.max(0, from - piece.begin), Math.max(0, to - piece.begin));
        if (part.length > 0) bytes.set(part, Math.max(0, piece.begin - from));
      }
      this.readBytes += bytes.length;
      return new Blob([bytes]);
    }
  }
  return new SparseFile();
}
