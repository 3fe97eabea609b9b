/** Weights in several files (shards), as Hugging Face writes large models: the files together are one source of tensors. */
import { shortName, UnmaskError } from '../errors.ts';
import { safetensorsWords } from '../messages/safetensors.ts';
import { shardWords as words } from '../messages/shards.ts';
import { openSafetensors, type TensorSource } from './safetensors.ts';

/** A file with the name that its index and messages call it by. */
export interface NamedBlob {
  name: string;
  blob: Blob;
}

/** Weights as one: the tensors of all files, and the files one behind the other. */
export interface Weights {
  /** Offsets count from the start of `blob`. */
  tensors: TensorSource;
  /** Parts of the files themselves: nothing is copied. */
  blob: Blob;
}

/** The last part of a path. */
const baseName = (path: string): string => path.split('/').pop() ?? path;

/** `model-00002-of-00003.safetensors`: the name before, which of them, of how many. */
const SHARD = /^(.*?)-(\d{1,6})-of-(\d{1,6})\.safetensors$/;

/** Which shard a file is by its name, from 1, and of how many; undefined of a file that is none. */
export function shardOf(path: string): { model: string; index: number; count: number } | undefined {
  const found = SHARD.exec(baseName(path));
  return found ? { model: found[1], index: Number(found[2]), count: Number(found[3]) } : undefined;
}

/**
 * Read `model.safetensors.index.json`.
 * @param json parsed
 * @param file what messages call it
 * @returns the file in which each tensor lies, by the tensor's name
 * @throws UnmaskError 'file-format'
 */
export function parseIndex(json: unknown, file: string): Map<string, string> {
  const map = (json as { weight_map?: unknown } | null | undefined)?.weight_map;
  const bad = (sentence: string): UnmaskError => new UnmaskError('file-format', sentence);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw bad(words.index.noMap(file));
  }
  const entries = Object.entries(map as Record<string, unknown>).map(([tensor, shard]): [string, string] => {
    if (typeof shard !== 'string' || shard === '') throw bad(words.index.noFile(file, shortName(tensor)));
    return [tensor, baseName(shard)];
  });
  if (entries.length === 0) throw bad(words.index.empty(file));
  return new Map(entries);
}

/** The files that an index names, of those that are there. @throws UnmaskError 'not-found' */
function named(parts: readonly NamedBlob[], index: ReadonlyMap<string, string>, file: string): NamedBlob[] {
  return [...new Set(index.values())].sort().map((shard) => {
    const part = parts.find(({ name }) => baseName(name) === shard);
    if (part) return part;
    throw new UnmaskError('not-found', words.notAmong(file, shortName(shard)));
  });
}

/** Without an index, the names of the files have to do. @throws UnmaskError 'not-found' */
function checkCount(parts: readonly NamedBlob[]): void {
  const shards = parts.map(({ name }) => shardOf(name));
  const first = shards.find((shard) => shard !== undefined);
  if (!first) return;
  // By what is there: a name may claim any count.
  const there = new Set(shards.map((shard) => shard?.index));
  let index = 1;
  while (there.has(index)) index++;
  if (index > first.count) return;
  throw new UnmaskError('not-found', words.numberMissing(first.count, shortName(first.model), index));
}

/** What messages call all files of a model together. */
export function filesName(parts: readonly NamedBlob[]): string {
  if (parts.length === 0) return 'model.safetensors';
  const first = shortName(parts[0].name);
  return parts.length === 1 ? first : words.andMore(first, parts.length - 1);
}

/**
 * Open weights that lie in one file or several.
 * @param index of `parseIndex`; the files that it does not name are left out
 * @throws UnmaskError 'not-found' for a shard that is not there, 'tensor-missing' for a tensor that is not in the shard that
 *   the index says, 'file-format' for one that is in two; or as `openSafetensors`
 */
export async function openWeights(
  parts: readonly NamedBlob[],
  index?: { map: ReadonlyMap<string, string>; file: string },
): Promise<Weights> {
  if (parts.length === 0) {
    throw new UnmaskError('not-found', words.noWeights);
  }
  if (!index) checkCount(parts);
  const files = index ? named(parts, index.map, index.file) : parts;
  const home = new Map<string, { source: TensorSource; offset: number; name: string }>();
  let offset = 0;
  for (const { name, blob } of files) {
    const file = shortName(name);
    const source = await openSafetensors(blob, file);
    for (const tensor of source.names()) {
      const other = home.get(tensor);
      if (other) {
        throw new UnmaskError('file-format', words.bothHold(shortName(other.name), file, shortName(tensor)));
      }
      home.set(tensor, { source, offset, name });
    }
    offset += blob.size;
  }
  for (const [tensor, shard] of index?.map ?? []) {
    const name = home.get(tensor)?.name;
    if (name === undefined || baseName(name) !== shard) {
      throw new UnmaskError(
        'tensor-missing',
        words.notInShard(shortName(shard), shortName(tensor), index!.file),
      );
    }
  }

  const all = filesName(files);
  const of = (name: string) => {
    const found = home.get(name);
    if (found) return found;
    throw new UnmaskError('tensor-missing', safetensorsWords.noTensor(all, shortName(name)));
  };
  return {
    blob: files.length === 1 ? files[0].blob : new Blob(files.map(({ blob }) => blob)),
    tensors: {
      names: () => [...home.keys()],
      has: (name) => home.has(name),
      info: (name) => {
        const { source, offset } = of(name);
        const { begin, end, ...info } = source.info(name);
        return { ...info, begin: begin + offset, end: end + offset };
      },
      read: (name, rows) => of(name).source.read(name, rows),
    },
  };
}
