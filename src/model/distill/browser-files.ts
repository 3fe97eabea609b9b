/** A store in the browser: the origin's private file system, and locks between tabs. */
import { memoryFiles, memoryLocks, type Files, type Locks } from './files.ts';
import { createRunStore, type RunStore } from './store.ts';

const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** Workers have the first way to write, and old Safari only that; pages have the second. */
type WritableHandle = Pick<FileSystemFileHandle, 'createWritable'> &
  Partial<Pick<FileSystemFileHandle, 'createSyncAccessHandle'>>;

/**
 * Files of a folder of the origin private file system.
 * A write that fails for want of room rejects with a QuotaExceededError.
 */
export function opfsFiles(directory: FileSystemDirectoryHandle): Files {
  return {
    read: async (name) => {
      try {
        const file = await (await directory.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    write: async (name, bytes) => {
      const handle: WritableHandle = await directory.getFileHandle(name, { create: true });
      if (!handle.createSyncAccessHandle) {
        const writable = await handle.createWritable();
        await writable.write(bytes);
        await writable.close();
        return;
      }
      const access = await handle.createSyncAccessHandle();
      try {
        access.truncate(0);
        const written = access.write(bytes);
        // Some browsers write what fits and say how much that was.
        if (written < bytes.length) throw new DOMException('the disk is full', 'QuotaExceededError');
        access.flush();
      } finally {
        access.close();
      }
    },
    remove: async (name) => {
      try {
        await directory.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    list: async () => {
      const names: string[] = [];
      for await (const name of directory.keys()) names.push(name);
      return names;
    },
  };
}

/** Locks that all tabs of an origin share; a tab that is closed lets go of its own. */
export function webLocks(manager: LockManager): Locks {
  return {
    take: (name) =>
      new Promise((resolve, reject) => {
        manager
          .request(name, { ifAvailable: true }, (lock) => {
            if (!lock) {
              resolve(undefined);
              return undefined;
            }
            // The lock is held until this promise is settled.
            return new Promise<void>((release) => {
              resolve(release);
            });
          })
          .catch(reject);
      }),
    taken: async (name) => ((await manager.query()).held ?? []).some((lock) => lock.name === name),
  };
}

/** What of `navigator` a store needs; older browsers and insecure contexts have less. */
export interface StorageNavigator {
  storage?: Pick<StorageManager, 'getDirectory'>;
  locks?: LockManager;
}

/**
 * The store of this origin, in a folder of its file system; in memory where there is no such thing.
 * @param folder name of the folder: runs and models have one each
 * @returns the store, and why what it holds is gone with the page, in one sentence, where it is
 */
export async function openBrowserStore(
  folder: string,
  { storage, locks }: StorageNavigator = navigator,
): Promise<{ store: RunStore; unsaved?: string }> {
  const shared = locks ? webLocks(locks) : memoryLocks();
  try {
    if (!storage) throw new Error('there is no origin private file system here');
    const root = await storage.getDirectory();
    const directory = await root.getDirectoryHandle(folder, { create: true });
    return { store: createRunStore(opfsFiles(directory), shared) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      store: createRunStore(memoryFiles(), memoryLocks()),
      unsaved: `This browser keeps no files for this page (${reason}): export what should outlive it.`,
    };
  }
}
