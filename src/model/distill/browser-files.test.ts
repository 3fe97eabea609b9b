import { describe, expect, it } from 'vitest';
import { openBrowserStore, opfsFiles, webLocks, type StorageNavigator } from './browser-files.ts';

const missing = (): DOMException => new DOMException('not there', 'NotFoundError');

/** A folder of the origin private file system, in memory, with what a page or a worker has to write. */
function fakeDirectory(kind: 'page' | 'worker', room = Infinity): FileSystemDirectoryHandle {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const folders = new Map<string, FileSystemDirectoryHandle>();
  const handle = (name: string): object => {
    const set = (bytes: Uint8Array<ArrayBuffer>): void => {
      files.set(name, bytes.slice());
    };
    let buffer = new Uint8Array();
    return {
      getFile: () => Promise.resolve(new Blob([files.get(name)!])),
      createWritable: () =>
        Promise.resolve({
          write: (bytes: Uint8Array<ArrayBuffer>) => {
            if (bytes.length > room) return Promise.reject(new DOMException('', 'QuotaExceededError'));
            buffer = bytes.slice();
            return Promise.resolve();
          },
          // Nothing is there before.
          close: () => {
            set(buffer);
            return Promise.resolve();
          },
        }),
      ...(kind === 'worker' && {
        createSyncAccessHandle: () =>
          Promise.resolve({
            truncate: (size: number) => {
              set(files.get(name)!.slice(0, size));
            },
            write: (bytes: Uint8Array<ArrayBuffer>) => {
              set(bytes.subarray(0, room));
              return Math.min(bytes.length, room);
            },
            flush: () => undefined,
            close: () => undefined,
          }),
      }),
    };
  };
  return {
    getFileHandle: (name: string, options?: { create?: boolean }) => {
      if (!files.has(name)) {
        if (!options?.create) return Promise.reject(missing());
        files.set(name, new Uint8Array());
      }
      return Promise.resolve(handle(name));
    },
    getDirectoryHandle: (name: string) => {
      if (!folders.has(name)) folders.set(name, fakeDirectory(kind, room));
      return Promise.resolve(folders.get(name));
    },
    removeEntry: (name: string) => (files.delete(name) ? Promise.resolve() : Promise.reject(missing())),
    keys: async function* () {
      for (const name of files.keys()) yield await Promise.resolve(name);
    },
  } as unknown as FileSystemDirectoryHandle;
}

/** Locks as browsers have them: held until the callback's promise is settled. */
function fakeLockManager(): LockManager {
  const held = new Set<string>();
  return {
    request: async (name: string, _options: LockOptions, callback: (lock: Lock | null) => unknown) => {
      if (held.has(name)) return callback(null);
      held.add(name);
      try {
        return await callback({ name, mode: 'exclusive' });
      } finally {
        held.delete(name);
      }
    },
    query: () => Promise.resolve({ held: [...held].map((name) => ({ name })), pending: [] }),
  } as unknown as LockManager;
}

describe.each(['page', 'worker'] as const)('files of the origin, in a %s', (kind) => {
  it('are written, replaced by shorter ones, listed and removed', async () => {
    const files = opfsFiles(fakeDirectory(kind));
    expect([await files.list(), await files.read('a')]).toEqual([[], undefined]);
    await files.write('a', Uint8Array.of(1, 2, 3));
    await files.write('a', Uint8Array.of(4));
    await files.write('b', new Uint8Array());
    expect(await files.read('a')).toEqual(Uint8Array.of(4));
    expect((await files.list()).sort()).toEqual(['a', 'b']);
    await files.remove('a');
    await files.remove('a');
    expect(await files.list()).toEqual(['b']);
  });

  it('say when there is no room', async () => {
    const { store } = await openBrowserStore('runs', {
      storage: { getDirectory: () => Promise.resolve(fakeDirectory(kind, 5)) },
    });
    await expect(store.save('a', { meta: {}, parts: { large: new Uint8Array(6) } })).rejects.toThrow(
      /^There is no room to save a/,
    );
    expect(await store.list()).toEqual([]);
  });
});

describe('openBrowserStore', () => {
  it('keeps runs in their own folder, and shares locks between tabs', async () => {
    const root = fakeDirectory('worker');
    const navigator: StorageNavigator = {
      storage: { getDirectory: () => Promise.resolve(root) },
      locks: fakeLockManager(),
    };
    const [first, second] = [
      await openBrowserStore('runs', navigator),
      await openBrowserStore('runs', navigator),
    ];
    expect(first.unsaved).toBeUndefined();
    await first.store.save('a', { meta: { n: 1 }, parts: {} });
    const release = await first.store.lock('a');
    expect(await second.store.lock('a')).toBeUndefined();
    expect((await second.store.list())[0]).toMatchObject({ run: 'a', busy: true, meta: { n: 1 } });
    release!();
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(await second.store.lock('a')).toBeDefined();
    const students = await openBrowserStore('students', navigator);
    expect(await students.store.list()).toEqual([]);
  });

  it('falls back to memory and says why', async () => {
    const refused = (): Promise<never> => Promise.reject(new DOMException('blocked', 'SecurityError'));
    for (const [navigator, reason] of [
      [{}, 'there is no origin private file system here'],
      [{ storage: { getDirectory: refused } }, 'blocked'],
    ] as const) {
      const { store, unsaved } = await openBrowserStore('runs', navigator);
      expect(unsaved).toBe(
        `This browser keeps no files for this page (${reason}): export what should outlive it.`,
      );
      await store.save('a', { meta: { n: 2 }, parts: {} });
      expect((await store.load('a')).meta).toEqual({ n: 2 });
    }
  });

  it('passes on what stops a lock', async () => {
    const manager = { request: () => Promise.reject(new Error('no locks here')) } as unknown as LockManager;
    await expect(webLocks(manager).take('a')).rejects.toThrow('no locks here');
  });
});
