/** A store in the browser: the origin's private file system, and locks between tabs. */
import { runWords } from '../messages/runs.ts';
import { memoryFiles, memoryLocks, type Files, type Locks } from './files.ts';
import { createRunStore, type RunStore } from './store.ts';

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** Workers have the first way to write, and old Safari only that; pages have the second. */
export type WritableHandle = Pick<FileSystemFileHandle, 'createWritable'> &
  Partial<Pick<FileSystemFileHandle, 'createSyncAccessHandle'>>;

/** What every folder of the origin private file system can do. */
export function opfsFolder(directory: FileSystemDirectoryHandle) {
  return {
    /** A file as it is now, undefined where there is none. */
    open: async (name: string): Promise<File | undefined> => {
      try {
        return await (await directory.getFileHandle(name)).getFile();
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    remove: async (name: string): Promise<void> => {
      try {
        await directory.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    list: async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const name of directory.keys()) names.push(name);
      return names;
    },
  };
}

/** Write bytes, all of them. @throws DOMException 'QuotaExceededError' where there is no room */
export function writeWhole(
  access: Pick<FileSystemSyncAccessHandle, 'write'>,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): void {
  // Some browsers write what fits and say how much that was; Chromium says 2^32 - 8 where a private window is full.
  if (access.write(bytes, { at }) !== bytes.length)
    throw new DOMException('the disk is full', 'QuotaExceededError');
}

/**
 * Files of a folder of the origin private file system.
 * A write that fails for want of room rejects with a QuotaExceededError.
 */
export function opfsFiles(directory: FileSystemDirectoryHandle): Files {
  const { open, remove, list } = opfsFolder(directory);
  return {
    read: async (name) => {
      const file = await open(name);
      try {
        return file && new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        // Removed meanwhile.
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
        writeWhole(access, bytes, 0);
        access.flush();
      } finally {
        access.close();
      }
    },
    remove,
    list,
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

/** A store of this origin, and why what it holds is gone with the page, in one sentence, where it is. */
export interface BrowserStore<S> {
  store: S;
  unsaved?: string;
}

/**
 * A store in a folder of the origin's file system; in memory where there is no such thing.
 * @param make makes it in the folder; without one, in memory
 */
export async function openInFolder<S>(
  folder: string,
  { storage, locks }: StorageNavigator,
  make: (directory: FileSystemDirectoryHandle | undefined, locks: Locks) => S,
): Promise<BrowserStore<S>> {
  try {
    if (!storage) throw new Error(runWords.noFileSystem);
    const root = await storage.getDirectory();
    const directory = await root.getDirectoryHandle(folder, { create: true });
    return { store: make(directory, locks ? webLocks(locks) : memoryLocks()) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      store: make(undefined, memoryLocks()),
      unsaved: runWords.unsaved(reason),
    };
  }
}

/** The store of runs in a folder. @param folder its name: runs and students have one each */
export const openBrowserStore = (
  folder: string,
  browser: StorageNavigator = navigator,
): Promise<BrowserStore<RunStore>> =>
  openInFolder(folder, browser, (directory, locks) =>
    createRunStore(directory ? opfsFiles(directory) : memoryFiles(), locks),
  );
