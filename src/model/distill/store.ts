/**
 * Saved runs: what a distillation needs to go on after a reload, and students that are done. A run is one piece of JSON and a few
 * large binary parts. It is saved in generations: all files of a new one are written beside those of the last, the one that lists
 * them with sizes and checksums comes at the end, and only the next save removes what is older. So a crash at any moment costs
 * the newest generation at most, and so does damage to any file of its own.
 *
 * A part that is to the byte what it was in the last generation, such as a teacher, is not written again: both list the same
 * file. It is read and compared first, so that what was damaged by then is written anew.
 */
import { bytesText } from '../../words/bytes.ts';
import { seal, unseal } from '../checkpoint/store/sealed.ts';
import { UnmaskError } from '../errors.ts';
import { runWords as words } from '../messages/runs.ts';
import { crc32 } from './crc32.ts';
import type { Files, Locks } from './files.ts';

/** A large part of a run, as it is given to be saved. */
export type PartData = ArrayBufferView<ArrayBuffer> | Blob;

/** A run as it is saved. */
export interface RunToSave {
  /** Anything that is JSON: options, counters, history. */
  meta: object;
  /** Large parts by name. */
  parts: Readonly<Record<string, PartData>>;
}

/** A run as it was saved. */
export interface LoadedRun {
  meta: object;
  parts: Map<string, ArrayBuffer>;
  /** ms since 1970. */
  savedAt: number;
  /** The newest generation was damaged or half written: this is the one before. */
  older: boolean;
}

/** A run in a list. */
export interface RunEntry {
  run: string;
  /** ms since 1970; 0 where it cannot be read. */
  savedAt: number;
  /** Of its newest generation. */
  bytes: number;
  /** Somebody is at work on it, here or in another tab. */
  busy: boolean;
  /** Absent where it cannot be read. */
  meta?: object;
  /** Why it cannot be read, in one sentence. */
  problem?: string;
}

export interface RunStore {
  /** All runs, the one saved last first. Parts are not looked at. */
  list(): Promise<RunEntry[]>;
  /**
   * The newest generation that is whole.
   * @throws UnmaskError 'not-found'; 'storage' where none is whole, or a newer version of the page wrote it
   */
  load(run: string): Promise<LoadedRun>;
  /**
   * Save a new generation. If this fails, the last one is as it was.
   * @throws UnmaskError 'storage': no room, or the files cannot be written; 'argument' for a name with other characters than
   * letters, digits, - and _
   */
  save(run: string, data: RunToSave): Promise<{ savedAt: number; bytes: number }>;
  /** Remove a run with all its generations, whatever their state. */
  remove(run: string): Promise<void>;
  /**
   * Keep others from a run: whoever loads it to go on, or saves it, takes this first.
   * @returns how to let go of it, or undefined where another tab has it
   */
  lock(run: string): Promise<(() => void) | undefined>;
}

/** Layout of what is saved; read by this version and all later ones. Version 1 shared no files. */
const VERSION = 2;

/** The file that makes a generation whole; sealed. Whatever its version is, the fields may be others. */
interface Index {
  version: number;
  savedAt: number;
  meta: object;
  parts: IndexedPart[];
}

interface IndexedPart {
  name: string;
  bytes: number;
  crc32: number;
  /** Where it lies, if an earlier generation wrote it. */
  file?: string;
}

/** A generation that is whole. */
interface Generation {
  generation: number;
  index: Index;
}

const indexName = (run: string, generation: number): string => `${run}.${generation}.index`;
const partName = (run: string, generation: number, part: number): string => `${run}.${generation}.${part}`;

/** The file of each part of a generation. */
const partFiles = (run: string, { generation, index }: Generation): string[] =>
  index.parts.map(({ file }, i) => file ?? partName(run, generation, i));

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Run and generation of a file's name; undefined for files of others. */
function parseName(name: string): { run: string; generation: number; index: boolean } | undefined {
  const match = /^([\w-]+)\.(\d+)\.(index|\d+)$/.exec(name);
  return match ? { run: match[1], generation: Number(match[2]), index: match[3] === 'index' } : undefined;
}

const lockName = (run: string): string => `unmask-run-${run}`;

const storage = (message: string, cause?: unknown): UnmaskError =>
  new UnmaskError('storage', message, { cause });

const sizeOf = ({ parts }: Index): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);

async function bytesOf(data: PartData): Promise<Uint8Array<ArrayBuffer>> {
  if (data instanceof Blob) return new Uint8Array(await data.arrayBuffer());
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Whether an error says that there is no room: of browsers, and of Node. */
export function isQuota(error: unknown): boolean {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return name === 'QuotaExceededError' || code === 'ENOSPC' || code === 'EDQUOT';
}

/** What became of a failed save, for a visitor. */
function saveError(run: string, needed: number, cause: unknown): UnmaskError {
  if (isQuota(cause)) return storage(words.noRoom(run, bytesText(needed)), cause);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return storage(words.notSaved(run, reason), cause);
}

const newer = (run: string): UnmaskError => storage(words.newer(run));

/** A store on a folder of files. */
export function createRunStore(files: Files, locks: Locks, now: () => number = Date.now): RunStore {
  /** Generation of each run that was written or read whole here, and so needs no second look before others are removed. */
  const good = new Map<string, Generation>();
  /** The last write that was begun: writes wait for each other. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const next = last.then(write, write);
    last = next.catch(() => undefined);
    return next;
  };

  /** Generations of each run, those without an index too, newest first. */
  const generations = async (): Promise<Map<string, number[]>> => {
    const found = new Map<string, Set<number>>();
    for (const name of await files.list()) {
      const parsed = parseName(name);
      if (!parsed) continue;
      const { run, generation } = parsed;
      found.set(run, (found.get(run) ?? new Set()).add(generation));
    }
    return new Map([...found].map(([run, numbers]) => [run, [...numbers].sort((a, b) => b - a)]));
  };

  const readIndex = async (run: string, generation: number): Promise<Index | undefined> =>
    unseal(await files.read(indexName(run, generation))) as Index | undefined;

  /** The parts of a generation, or undefined where one is missing or damaged. */
  const readParts = async (run: string, whole: Generation): Promise<Map<string, ArrayBuffer> | undefined> => {
    const read = new Map<string, ArrayBuffer>();
    const names = partFiles(run, whole);
    for (const [i, part] of whole.index.parts.entries()) {
      const bytes = await files.read(names[i]);
      if (bytes?.length !== part.bytes || crc32(bytes) !== part.crc32) return undefined;
      read.set(part.name, bytes.buffer);
    }
    return read;
  };

  /** @throws UnmaskError 'storage' for a generation that only a newer version can read */
  const findGood = async (
    run: string,
    candidates: readonly number[],
  ): Promise<(Generation & { parts: Map<string, ArrayBuffer> }) | undefined> => {
    for (const generation of candidates) {
      const index = await readIndex(run, generation);
      if (!index) continue;
      if (index.version > VERSION) throw newer(run);
      const parts = await readParts(run, { generation, index });
      if (parts) return { generation, index, parts };
    }
    return undefined;
  };

  /** Remove all files of a run for which `of` holds. */
  const sweep = async (
    run: string,
    of: (file: { name: string; generation: number }) => boolean,
  ): Promise<void> => {
    const own = (await files.list()).flatMap((name) => {
      const parsed = parseName(name);
      return parsed?.run === run && of({ name, ...parsed }) ? [{ name, index: parsed.index }] : [];
    });
    // The index first: what is left after a crash is no generation.
    for (const { name } of own.sort((a, b) => Number(b.index) - Number(a.index))) await files.remove(name);
  };

  /** The file of a whole generation that holds a part already, if there is one. */
  const sharedFile = async (
    run: string,
    whole: Generation | undefined,
    part: IndexedPart,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<string | undefined> => {
    if (!whole) return undefined;
    const at = whole.index.parts.findIndex(
      ({ name, bytes: size, crc32: crc }) => name === part.name && size === part.bytes && crc === part.crc32,
    );
    if (at < 0) return undefined;
    const file = partFiles(run, whole)[at];
    const there = await files.read(file);
    return there && sameBytes(there, bytes) ? file : undefined;
  };

  const write = async (
    run: string,
    generation: number,
    { meta, parts }: RunToSave,
    kept: Generation | undefined,
  ): Promise<Index> => {
    const written: Index = { version: VERSION, savedAt: now(), meta, parts: [] };
    for (const [i, [name, data]] of Object.entries(parts).entries()) {
      const bytes = await bytesOf(data);
      const part: IndexedPart = { name, bytes: bytes.length, crc32: crc32(bytes) };
      const file = await sharedFile(run, kept, part, bytes);
      written.parts.push(file === undefined ? part : { ...part, file });
      if (file === undefined) await files.write(partName(run, generation, i), bytes);
    }
    await files.write(indexName(run, generation), seal(written));
    return written;
  };

  const save = async (run: string, data: RunToSave): Promise<{ savedAt: number; bytes: number }> => {
    const existing = (await generations()).get(run) ?? [];
    let kept = good.get(run);
    if (kept === undefined || !existing.includes(kept.generation)) {
      const found = await findGood(run, existing);
      // Not its parts, which are large.
      kept = found && { generation: found.generation, index: found.index };
    }
    const generation = (existing[0] ?? 0) + 1;
    const needed = Object.values(data.parts).reduce(
      (sum, part) => sum + (part instanceof Blob ? part.size : part.byteLength),
      0,
    );
    try {
      const needs = new Set(kept && [indexName(run, kept.generation), ...partFiles(run, kept)]);
      await sweep(run, ({ name }) => !needs.has(name));
      const index = await write(run, generation, data, kept);
      good.set(run, { generation, index });
      return { savedAt: index.savedAt, bytes: sizeOf(index) };
    } catch (cause) {
      await sweep(run, (file) => file.generation === generation).catch(() => undefined);
      throw saveError(run, needed, cause);
    }
  };

  const entry = async (run: string, candidates: readonly number[]): Promise<RunEntry> => {
    const busy = await locks.taken(lockName(run));
    for (const generation of candidates) {
      const index = await readIndex(run, generation);
      if (!index) continue;
      const { version, savedAt, meta } = index;
      if (version > VERSION) return { run, savedAt: 0, bytes: 0, busy, problem: newer(run).message };
      return { run, savedAt, bytes: sizeOf(index), busy, meta };
    }
    return { run, savedAt: 0, bytes: 0, busy, problem: damaged(run).message };
  };

  return {
    list: async () => {
      const all = [...(await generations())].map(([run, candidates]) => entry(run, candidates));
      return (await Promise.all(all)).sort((a, b) => b.savedAt - a.savedAt);
    },
    load: async (run) => {
      const candidates = (await generations()).get(run);
      if (!candidates) throw new UnmaskError('not-found', words.unknown(run));
      const found = await findGood(run, candidates);
      if (!found) throw damaged(run);
      const { generation, index, parts } = found;
      good.set(run, { generation, index });
      return { meta: index.meta, parts, savedAt: index.savedAt, older: generation !== candidates[0] };
    },
    save: async (run, data) => {
      if (!/^[\w-]{1,64}$/.test(run)) {
        throw new UnmaskError('argument', words.badName(run));
      }
      return await inTurn(() => save(run, data));
    },
    remove: (run) =>
      inTurn(async () => {
        good.delete(run);
        await sweep(run, () => true);
      }),
    lock: (run) => locks.take(lockName(run)),
  };
}

const damaged = (run: string): UnmaskError => storage(words.damaged(run));
