/**
 * Models that outlive the page, in one folder. What makes a model of its files is written last, so that a download that broke
 * off never counts as one; nothing is ever removed but by `remove`.
 */
import type { Locks } from '../../distill/files.ts';
import { UnmaskError } from '../../errors.ts';
import { modelStoreWords as words } from '../../messages/model-store.ts';
import { writeSmall, type LargeFiles } from './files.ts';
import {
  fileName,
  keyOf,
  keys,
  readSealed,
  readState,
  VERSION,
  type Meta,
  type ModelOrigin,
  type StateFile,
  type Suffix,
} from './layout.ts';
import { Receiving } from './receiving.ts';
import { seal } from './sealed.ts';
import { hashBlob } from './sha256.ts';

/** A model in the store. */
export interface StoredModel {
  key: string;
  /** As links and the page call it; the key where it cannot be read. */
  id: string;
  /** Absent where it cannot be read. */
  origin?: ModelOrigin;
  /** What its keeper wanted to know; absent where it cannot be read. */
  info?: object;
  /** Of all its files. */
  bytes: number;
  /** ms since 1970; 0 where it cannot be read. */
  addedAt: number;
  usedAt: number;
  /** Why it cannot be opened, in one sentence. */
  problem?: string;
}

/** A download that broke off, or is under way. */
export interface StoredPartial {
  key: string;
  origin: ModelOrigin;
  /** What its keeper wanted to know of it. */
  info?: object;
  /** Bytes of the source: fetched, and in all; both 0 before the first commit. */
  loaded: number;
  total: number;
  /** ms since 1970. */
  at: number;
  /** Somebody is at it, here or in another tab. */
  busy: boolean;
}

/** The files of a model. */
export interface ModelFiles {
  config: object;
  /** Read on demand. */
  weights: Blob;
  tokenizer?: object;
}

export interface ModelStore {
  list(): Promise<{ models: StoredModel[]; partial: StoredPartial[] }>;
  /**
   * Begin a download, or go on with one.
   * @param name what messages call it (default: the repository)
   * @param info kept with what is on its way, and listed there; JSON
   * @throws UnmaskError 'storage' where somebody is at it, or the model is there already
   */
  receive(origin: ModelOrigin, on?: { name?: string; info?: object }): Promise<Receiving>;
  /** @throws UnmaskError 'not-found'; 'storage' where it is damaged, or a newer version of the page wrote it */
  open(key: string): Promise<ModelFiles>;
  /** Note that a model was used. Never fails. */
  used(key: string): Promise<void>;
  /**
   * Read all bytes and compare them with what was written.
   * @param onBytes told how many were read, and how many there are
   * @returns what is wrong, in one sentence; undefined where nothing is
   * @throws UnmaskError 'not-found'
   */
  verify(
    key: string,
    onBytes?: (loaded: number, total: number) => void,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /**
   * Remove a model or a download, damaged ones too.
   * @param name what messages call it (default: the key)
   * @throws UnmaskError 'storage' where somebody is at it, or it is of a newer version
   */
  remove(key: string, name?: string): Promise<void>;
}

const lockName = (key: string): string => `unmask-model-${key}`;

const storage = (message: string): UnmaskError => new UnmaskError('storage', message);

const busy = (name: string): UnmaskError => storage(words.busy(name));

const sizeOf = ({ files }: Meta): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** A store on a folder of files. */
export function createModelStore(files: LargeFiles, locks: Locks, now: () => number = Date.now): ModelStore {
  const readMeta = async (key: string): Promise<Meta | undefined> =>
    (await readSealed(files, key, 'meta')) as Meta | undefined;

  /** Remove all files of a key: what makes a model of them goes first, and what says that bytes are somebody's last. */
  const sweep = async (key: string): Promise<void> => {
    const order: Suffix[] = ['meta', 'weights', 'config', 'tokenizer', 'used', 'state-0', 'state-1'];
    for (const suffix of order) await files.remove(fileName(key, suffix));
  };

  const withLock = async <T>(key: string, name: string, task: () => Promise<T>): Promise<T> => {
    const release = await locks.take(lockName(key));
    if (!release) throw busy(name);
    try {
      return await task();
    } finally {
      release();
    }
  };

  /** Bytes that no download and no model speaks of: a crash in the middle of a removal leaves them. */
  const tidy = async (): Promise<void> => {
    const orphan = (suffixes: Suffix[] = []): boolean =>
      !suffixes.some((suffix) => suffix === 'meta' || suffix.startsWith('state'));
    for (const [key, suffixes] of await keys(files)) {
      if (!orphan(suffixes)) continue;
      // Whoever has the lock is at it.
      await withLock(key, key, async () => {
        if (orphan((await keys(files)).get(key))) await sweep(key);
      }).catch(() => undefined);
    }
  };
  let tidied: Promise<void> | undefined;

  const problemOf = async (key: string, meta: Meta): Promise<string | undefined> => {
    if (meta.version > VERSION) return words.newer(key);
    for (const { part, bytes } of meta.files) {
      if ((await files.open(fileName(key, part)))?.size !== bytes) return words.damaged(meta.id);
    }
    return undefined;
  };

  const modelOf = async (key: string, meta: Meta): Promise<StoredModel> => {
    const problem = await problemOf(key, meta);
    const unreadable = { key, id: key, bytes: 0, addedAt: 0, usedAt: 0 };
    if (meta.version > VERSION) return { ...unreadable, problem: problem! };
    const { id, origin, info, addedAt } = meta;
    const { usedAt = addedAt } = ((await readSealed(files, key, 'used')) ?? {}) as { usedAt?: number };
    return {
      ...{ key, id, origin, info, addedAt, usedAt, bytes: sizeOf(meta) },
      ...(problem === undefined ? {} : { problem }),
    };
  };

  const partialOf = async (
    key: string,
    { origin, info, download, at }: StateFile,
  ): Promise<StoredPartial> => ({
    ...{ key, origin, at },
    ...(info === undefined ? {} : { info }),
    loaded: download?.received ?? 0,
    total: download?.total ?? 0,
    busy: await locks.taken(lockName(key)),
  });

  const wholeMeta = async (key: string): Promise<Meta> => {
    const meta = await readMeta(key);
    if (!meta) throw new UnmaskError('not-found', words.fetchAgain(key));
    const problem = await problemOf(key, meta);
    if (problem !== undefined) throw storage(problem);
    return meta;
  };

  const json = async (key: string, id: string, part: 'config' | 'tokenizer'): Promise<object> => {
    try {
      return JSON.parse(await (await files.open(fileName(key, part)))!.text()) as object;
    } catch {
      throw storage(words.damaged(id));
    }
  };

  return {
    list: async () => {
      tidied ??= tidy();
      await tidied;
      const models: StoredModel[] = [];
      const partial: StoredPartial[] = [];
      for (const [key, suffixes] of await keys(files)) {
        const meta = await readMeta(key);
        const state = meta ? undefined : await readState(files, key);
        const isThere = async (): Promise<boolean> => (await files.open(fileName(key, 'meta'))) !== undefined;
        if (meta) {
          const model = await modelOf(key, meta);
          // One that another tab removes meanwhile has missing files too.
          if (model.problem === undefined || (await isThere())) models.push(model);
        } else if (state && state.version <= VERSION) partial.push(await partialOf(key, state));
        else if (state || (suffixes.includes('meta') && (await isThere()))) {
          const problem = state ? words.newer(key) : words.damaged(key);
          models.push({ key, id: key, bytes: 0, addedAt: 0, usedAt: 0, problem });
        }
      }
      models.sort((a, b) => b.addedAt - a.addedAt);
      return { models, partial: partial.sort((a, b) => b.at - a.at) };
    },
    receive: async (origin, { name = origin.source.repo, info } = {}) => {
      const key = keyOf(origin);
      const release = await locks.take(lockName(key));
      if (!release) throw busy(name);
      try {
        const meta = await readMeta(key);
        if (meta && meta.version > VERSION) throw storage(words.newer(name));
        if (meta && (await problemOf(key, meta)) === undefined) {
          throw storage(words.there(meta.id));
        }
        // A damaged model makes room for the whole one.
        if (meta) await sweep(key);
        return await Receiving.open(files, key, origin, now, release, info);
      } catch (error) {
        release();
        throw error;
      }
    },
    open: async (key) => {
      const { id, files: parts } = await wholeMeta(key);
      const weights = await files.open(fileName(key, 'weights'));
      if (!weights) throw storage(words.damaged(id));
      const tokenizer = parts.some(({ part }) => part === 'tokenizer')
        ? { tokenizer: await json(key, id, 'tokenizer') }
        : {};
      return { config: await json(key, id, 'config'), weights, ...tokenizer };
    },
    used: async (key) => {
      // Of no consequence to the model: a file of its own, which may be lost.
      await writeSmall(files, fileName(key, 'used'), seal({ usedAt: now() })).catch(() => undefined);
    },
    verify: async (key, onBytes = () => undefined, signal) => {
      const meta = await readMeta(key);
      if (!meta) throw new UnmaskError('not-found', words.unknown(key));
      const problem = await problemOf(key, meta);
      if (problem !== undefined) return problem;
      let before = 0;
      for (const { part, bytes, sha256 } of meta.files) {
        const blob = (await files.open(fileName(key, part))) ?? new Blob();
        const hasher = await hashBlob(
          blob,
          (loaded) => {
            onBytes(before + loaded, sizeOf(meta));
          },
          signal,
        );
        if (hasher.digest() !== sha256) {
          return words.changed(meta.id, part);
        }
        before += bytes;
      }
      return undefined;
    },
    remove: (key, name = key) =>
      withLock(key, name, async () => {
        const { version = 0 } = (await readMeta(key)) ?? (await readState(files, key)) ?? {};
        // What else belongs to it is not known here.
        if (version > VERSION) throw storage(words.newer(name));
        await sweep(key);
      }),
  };
}
