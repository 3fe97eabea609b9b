import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryLocks, type Locks } from '../../distill/files.ts';
import { UnmaskError } from '../../errors.ts';
import type { DownloadSink } from '../hub/sink.ts';
import { memoryLargeFiles, readSmall, writeSmall, type Appender, type LargeFiles } from './files.ts';
import { keyOf, type ModelOrigin } from './layout.ts';
import { createModelStore, type ModelStore } from './model-store.ts';
import type { Receiving } from './receiving.ts';
import { seal } from './sealed.ts';

const ORIGIN: ModelOrigin = {
  source: {
    ...{ repo: 'owner/name', revision: 'main', endpoint: 'https://example.org' },
    commit: '0123456789abcdef0123456789abcdef01234567',
  },
  keep: 'file',
};
const KEY = keyOf(ORIGIN);

/** What the weights of these tests hold. */
const WEIGHTS = Uint8Array.from({ length: 60 }, (_, i) => (i * 37 + 11) % 256);

/** Put the bytes from where the sink is into it, `chunk` at a time, with a commit after every `every` chunks and at the end. */
async function pour(sink: DownloadSink, chunk = 7, every = 2): Promise<void> {
  let at = sink.state?.stored ?? 0;
  const commit = (): Promise<void> => sink.commit({ received: at, stored: at, total: WEIGHTS.length });
  for (let n = 1; at < WEIGHTS.length; n++) {
    const bytes = WEIGHTS.slice(at, at + chunk);
    await sink.write(bytes);
    at += bytes.length;
    if (n % every === 0) await commit();
  }
  await commit();
}

const keep = (receiving: Receiving): ReturnType<Receiving['keep']> =>
  receiving.keep({ id: 'small', info: { title: 'A' }, config: '{"a":1}', tokenizer: '{"t":2}' });

/** Fetch the model into the store. */
async function fetchInto(store: ModelStore): Promise<void> {
  const receiving = await store.receive(ORIGIN);
  try {
    await pour(receiving);
    await receiving.weights();
    await keep(receiving);
  } finally {
    await receiving.leave();
  }
}

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

async function expectModel(store: ModelStore): Promise<void> {
  const { config, weights, tokenizer } = await store.open(KEY);
  expect([config, tokenizer]).toEqual([{ a: 1 }, { t: 2 }]);
  expect(await bytesOf(weights)).toEqual(WEIGHTS);
  expect(await store.verify(KEY)).toBeUndefined();
}

const storage = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'storage', message: expect.stringMatching(message) as string });

/** Files of which a crash leaves what was flushed, and of the rest a part; every operation counts. */
class CrashingFiles implements LargeFiles {
  /** Operations until the crash. */
  left = Infinity;
  operations = 0;
  readonly #flushed = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #written = new Map<string, Uint8Array<ArrayBuffer>>();

  /** @param share of the bytes that were not flushed which a crash leaves */
  constructor(private readonly share: number) {}

  #step(): void {
    this.operations++;
    if (--this.left < 0) throw new Error('crash');
  }

  /** What a page finds that comes after the crash. */
  async survivors(): Promise<LargeFiles> {
    const files = memoryLargeFiles();
    for (const [name, bytes] of this.#written) {
      const { length = 0 } = this.#flushed.get(name) ?? {};
      const kept = Math.min(length, bytes.length);
      await writeSmall(files, name, bytes.slice(0, kept + Math.floor(this.share * (bytes.length - kept))));
    }
    return files;
  }

  open(name: string): Promise<Blob | undefined> {
    const bytes = this.#written.get(name);
    return Promise.resolve(bytes && new Blob([bytes]));
  }

  async append(name: string, at: number): Promise<Appender> {
    await Promise.resolve();
    this.#step();
    const cut = (this.#written.get(name) ?? new Uint8Array()).slice(0, at);
    this.#written.set(name, cut);
    // A file that is cut is cut for good.
    this.#flushed.set(name, cut);
    const flush = async (): Promise<void> => {
      await Promise.resolve();
      this.#step();
      this.#flushed.set(name, this.#written.get(name)!);
    };
    return {
      write: async (bytes) => {
        await Promise.resolve();
        const before = this.#written.get(name)!;
        const crashes = this.left === 0;
        const taken = crashes ? bytes.slice(0, Math.floor(this.share * bytes.length)) : bytes;
        this.#written.set(name, Uint8Array.of(...before, ...taken));
        this.#step();
      },
      flush,
      close: flush,
    };
  }

  async remove(name: string): Promise<void> {
    await Promise.resolve();
    this.#step();
    this.#written.delete(name);
    this.#flushed.delete(name);
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.#written.keys()]);
  }
}

describe('a crash at any moment', () => {
  it('of a download leaves the model, or a download that goes on from its last commit or the one that it was at', async () => {
    // A whole download, to know how many operations there are.
    const whole = new CrashingFiles(1);
    await fetchInto(createModelStore(whole, memoryLocks()));
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: whole.operations }),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom(0, 0.5, 1),
      async (first, second, share) => {
        let files: LargeFiles = new CrashingFiles(share);
        // Two crashes, one after the other.
        for (const left of [first, second]) {
          const crashing = new CrashingFiles(share);
          for (const name of await files.list())
            await writeSmall(crashing, name, (await readSmall(files, name))!);
          crashing.left = left;
          let committed = 0;
          const store = createModelStore(crashing, memoryLocks());
          const models = (await store.list().catch(() => ({ models: [] }))).models.length;
          if (models === 0) {
            const receiving = await store.receive(ORIGIN).catch(() => undefined);
            if (receiving) {
              committed = receiving.state?.stored ?? 0;
              const commit = receiving.commit.bind(receiving);
              const sink: DownloadSink = {
                get state() {
                  return receiving.state;
                },
                write: (bytes) => receiving.write(bytes),
                restart: () => receiving.restart(),
                commit: async (state) => {
                  await commit(state);
                  committed = state.stored;
                },
              };
              await pour(sink)
                .then(() => receiving.weights())
                .then(() => keep(receiving))
                .catch(() => undefined);
              await receiving.leave();
            }
          }
          files = await crashing.survivors();
          const after = createModelStore(files, memoryLocks());
          const state = await after.list();
          for (const model of state.models) {
            expect(model.problem).toBeUndefined();
            await expectModel(after);
          }
          // A download that had come to a commit is still there, as a model or to be gone on with.
          if (committed > 0) expect(state.models.length + state.partial.length).toBe(1);
          if (committed > 0 && state.partial.length > 0) {
            const again = await after.receive(ORIGIN);
            expect(again.state!.stored).toBeGreaterThanOrEqual(committed);
            await again.leave();
          }
        }
        const store = createModelStore(files, memoryLocks());
        if ((await store.list()).models.length === 0) await fetchInto(store);
        await expectModel(store);
        await store.remove(KEY);
        expect(await files.list()).toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 120, seed: 7 });
  });

  it('of a removal leaves the model, or nothing that counts and in the end no bytes', async () => {
    for (const partial of [false, true]) {
      for (let left = 0; left < 8; left++) {
        const crashing = new CrashingFiles(1);
        const store = createModelStore(crashing, memoryLocks());
        const receiving = await store.receive(ORIGIN);
        await pour(receiving);
        if (!partial) await keep(receiving);
        await receiving.leave();
        crashing.left = left;
        await store.remove(KEY).catch(() => undefined);
        const files = await crashing.survivors();
        const after = createModelStore(files, memoryLocks());
        const { models } = await after.list();
        expect(models.every(({ problem }) => problem === undefined)).toBe(true);
        if (models.length === 0) {
          await fetchInto(after);
          await expectModel(after);
        }
        await after.remove(KEY);
        expect(await files.list()).toEqual([]);
      }
    }
  });
});

describe('a stored model', () => {
  it('is listed with where it came from, its size, and when it was used', async () => {
    const files = memoryLargeFiles();
    let time = 0;
    const store = createModelStore(files, memoryLocks(), () => ++time);
    await fetchInto(store);
    await store.used(KEY);
    const [model] = (await createModelStore(files, memoryLocks()).list()).models;
    expect(model).toMatchObject({ key: KEY, id: 'small', origin: ORIGIN, info: { title: 'A' }, bytes: 74 });
    expect(model.usedAt).toBeGreaterThan(model.addedAt);
    expect(KEY).toMatch(/^owner-name-0123456789ab-file-[0-9a-f]{8}$/);
    expect(keyOf({ ...ORIGIN, keep: 'f16' })).not.toBe(KEY);
    await expect(store.receive(ORIGIN)).rejects.toEqual(storage(/^small is stored here already/));
    await expectModel(store);
  });

  it('is told apart from a damaged one by any bit', async () => {
    const files = memoryLargeFiles();
    const store = createModelStore(files, memoryLocks());
    await fetchInto(store);
    const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');
    expect(new TextDecoder().decode(await readSmall(files, `${KEY}.meta`))).toContain(sha256);
    for (const part of ['weights', 'config', 'tokenizer']) {
      const bytes = (await readSmall(files, `${KEY}.${part}`))!;
      await writeSmall(files, `${KEY}.${part}`, bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1));
      expect(await store.verify(KEY)).toMatch(
        new RegExp(`^small is damaged, its ${part} is not what was stored`),
      );
      await writeSmall(files, `${KEY}.${part}`, bytes.slice(1));
      expect(await store.verify(KEY)).toBe('small is damaged: remove it and fetch it again.');
      await expect(store.open(KEY)).rejects.toEqual(storage(/^small is damaged/));
      expect((await store.list()).models[0].problem).toMatch(/^small is damaged/);
      await writeSmall(files, `${KEY}.${part}`, bytes);
    }
    const seen: number[] = [];
    expect(await store.verify(KEY, (loaded, total) => seen.push(loaded, total))).toBeUndefined();
    expect(seen.slice(-2)).toEqual([74, 74]);
    await expect(store.verify(KEY, undefined, AbortSignal.abort())).rejects.toThrow(/abort/i);
    // A damaged one can be fetched anew.
    await files.remove(`${KEY}.config`);
    await fetchInto(store);
    await expectModel(store);
  });

  it('with a damaged list of its files is said to be damaged, and can be removed', async () => {
    const files = memoryLargeFiles();
    const store = createModelStore(files, memoryLocks());
    await fetchInto(store);
    const meta = (await readSmall(files, `${KEY}.meta`))!;
    await writeSmall(files, `${KEY}.meta`, meta.with(20, meta[20] ^ 1));
    expect((await store.list()).models).toEqual([
      {
        ...{ key: KEY, id: KEY, bytes: 0, addedAt: 0, usedAt: 0 },
        problem: `${KEY} is damaged: remove it and fetch it again.`,
      },
    ]);
    await expect(store.open(KEY)).rejects.toEqual(expect.objectContaining({ code: 'not-found' }));
    await store.remove(KEY);
    expect(await files.list()).toEqual([]);
  });

  it('of a newer version is listed as such and left alone', async () => {
    const files = memoryLargeFiles();
    await writeSmall(files, `${KEY}.meta`, seal({ version: 2, what: 'ever' }));
    await writeSmall(files, 'other-1.state-0', seal({ version: 2, serial: 1 }));
    await writeSmall(files, 'foreign.txt', Uint8Array.of(1));
    const before = (await files.list()).sort();
    const store = createModelStore(files, memoryLocks());
    const { models, partial } = await store.list();
    expect(partial).toEqual([]);
    expect(models.map(({ problem }) => problem)).toEqual(
      [KEY, 'other-1'].map(
        (key) => `${key} was stored by a newer version of this page: reload the page to get that version.`,
      ),
    );
    for (const task of [
      () => store.open(KEY),
      () => store.receive(ORIGIN),
      () => store.remove(KEY),
      () => store.remove('other-1'),
    ]) {
      await expect(task()).rejects.toEqual(storage(/newer version of this page/));
    }
    expect((await files.list()).sort()).toEqual(before);
  });

  it('that another tab removes while it is listed is not called damaged', async () => {
    for (const first of ['.meta', '.weights']) {
      const files = memoryLargeFiles();
      await fetchInto(createModelStore(files, memoryLocks()));
      const theirs = createModelStore(files, memoryLocks());
      let gone = false;
      const slow: LargeFiles = {
        ...files,
        open: async (name) => {
          if (!gone && name.endsWith(first)) {
            gone = true;
            await theirs.remove(KEY);
          }
          return await files.open(name);
        },
      };
      expect((await createModelStore(slow, memoryLocks()).list()).models).toEqual([]);
      expect(gone).toBe(true);
    }
  });

  it('is removed by nobody while it is fetched in another tab', async () => {
    const [files, locks] = [memoryLargeFiles(), memoryLocks()];
    const [ours, theirs] = [createModelStore(files, locks), createModelStore(files, locks)];
    const receiving = await ours.receive(ORIGIN);
    await receiving.write(WEIGHTS.slice(0, 10));
    await receiving.commit({ received: 10, stored: 10, total: 60 });
    await expect(theirs.receive(ORIGIN)).rejects.toEqual(storage(/^owner\/name is being fetched/));
    await expect(theirs.remove(KEY)).rejects.toEqual(storage(/is being fetched or removed/));
    expect((await theirs.list()).partial).toMatchObject([{ loaded: 10, total: 60, busy: true }]);
    await receiving.leave();
    expect((await theirs.list()).partial).toMatchObject([{ busy: false }]);
    await theirs.remove(KEY);
    expect(await files.list()).toEqual([]);
  });
});

describe('a download', () => {
  it('begins anew where its source is another one', async () => {
    const files = memoryLargeFiles();
    const store = createModelStore(files, memoryLocks());
    const receiving = await store.receive(ORIGIN);
    await receiving.write(Uint8Array.of(1, 2, 3));
    await receiving.commit({ received: 3, stored: 3, total: 9, etag: 'a', more: { b: 'c' } });
    expect(receiving.state).toEqual({ received: 3, stored: 3, total: 9, etag: 'a', more: { b: 'c' } });
    await receiving.restart();
    expect(receiving.state).toBeUndefined();
    await receiving.leave();
    expect((await store.list()).partial).toMatchObject([{ loaded: 0, total: 0 }]);
    await fetchInto(store);
    await expectModel(store);
  });

  it('begins anew where somebody cut its file', async () => {
    const files = memoryLargeFiles();
    const store = createModelStore(files, memoryLocks());
    const receiving = await store.receive(ORIGIN);
    await pour(receiving);
    await receiving.leave();
    await writeSmall(files, `${KEY}.weights`, WEIGHTS.slice(0, 20));
    const again = await store.receive(ORIGIN);
    expect(again.state).toBeUndefined();
    await again.leave();
    await fetchInto(store);
    await expectModel(store);
  });

  it('hashes anew what is there where the state of the hash is of another version', async () => {
    const files = memoryLargeFiles();
    const origin = ORIGIN;
    const download = { received: 9, stored: 9, total: 60 };
    await writeSmall(files, `${KEY}.weights`, WEIGHTS.slice(0, 12));
    await writeSmall(
      files,
      `${KEY}.state-0`,
      seal({ version: 1, serial: 1, origin, at: 1, download, hasher: '00' }),
    );
    const store = createModelStore(files, memoryLocks());
    await fetchInto(store);
    await expectModel(store);
  });
});

describe('without room', () => {
  /** Files that take `room` bytes in all. */
  function small(room: number): LargeFiles {
    const files = memoryLargeFiles();
    let used = 0;
    return {
      ...files,
      append: async (name, at) => {
        const file = await files.append(name, at);
        return {
          ...file,
          write: async (bytes) => {
            if (used + bytes.length > room) throw new DOMException('full', 'QuotaExceededError');
            used += bytes.length;
            await file.write(bytes);
          },
        };
      },
    };
  }

  it('a download goes on in memory, and the store says that it is none', async () => {
    for (const room of [0, 500, 1000, 2500]) {
      const files = small(room);
      const store = createModelStore(files, memoryLocks());
      const receiving = await store.receive(ORIGIN);
      await pour(receiving);
      const weights = await receiving.weights();
      expect(await bytesOf(weights)).toEqual(WEIGHTS);
      expect(await keep(receiving)).toBeUndefined();
      const { models, partial } = await store.list();
      expect(models).toEqual([]);
      expect(partial.every(({ busy }) => busy)).toBe(true);
      await receiving.leave();
      await store.remove(KEY);
      expect(await files.list()).toEqual([]);
    }
  });

  it('of another kind is an error in one sentence', async () => {
    const files = memoryLargeFiles();
    const broken: LargeFiles = { ...files, append: () => Promise.reject(new Error('the folder is gone')) };
    const locks: Locks = memoryLocks();
    const receiving = await createModelStore(broken, locks).receive(ORIGIN);
    await expect(receiving.write(WEIGHTS)).rejects.toThrow(
      new UnmaskError('storage', 'The model could not be stored (the folder is gone): try again.'),
    );
    await receiving.leave();
    expect(await locks.taken(`unmask-model-${KEY}`)).toBe(false);
  });
});
