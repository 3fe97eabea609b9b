/** Files that may be larger than memory: they are written from their start to their end, and read on demand. */
import { isMissing, opfsFolder, writeWhole, type WritableHandle } from '../../distill/browser-files.ts';
import { Pile } from './pile.ts';

/** A folder of such files, without folders in it. */
export interface LargeFiles {
  /** A file as it is now, whose bytes are read on demand; undefined where there is none. */
  open(name: string): Promise<Blob | undefined>;
  /**
   * Write behind the first `at` bytes of a file; what stood behind them is gone. Makes the file where there is none. Nobody
   * else has the file open meanwhile.
   */
  append(name: string, at: number): Promise<Appender>;
  /** Resolves too where there is no such file. */
  remove(name: string): Promise<void>;
  /** Names of all files, in any order. */
  list(): Promise<string[]>;
}

/** The end of a file that grows. */
export interface Appender {
  /**
   * If this fails, no more than what was flushed is there.
   * @throws what the folder throws; a 'QuotaExceededError' where there is no room
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** When it resolves, all that was written is where a crash leaves it. */
  flush(): Promise<void>;
  /** Flushes too. */
  close(): Promise<void>;
}

/** How often a file is opened that changes each time before it is read. */
const OPENINGS = 4;

/** Whether an error says that a file changed or went since it was opened. */
const isStale = (error: unknown): boolean =>
  isMissing(error) || (error instanceof DOMException && error.name === 'NotReadableError');

/** The bytes of a small file, undefined where there is none. Another tab may write or remove it meanwhile. */
export async function readSmall(
  files: LargeFiles,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  for (let left = OPENINGS; ; left--) {
    const blob = await files.open(name);
    try {
      return blob && new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      if (!isStale(error) || left <= 1) throw error;
    }
  }
}

/** Make a small file or replace it. A crash on the way may leave neither the old nor the new one. */
export async function writeSmall(
  files: LargeFiles,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const file = await files.append(name, 0);
  try {
    await file.write(bytes);
  } finally {
    await file.close();
  }
}

/** Files that are gone with the page. */
export function memoryLargeFiles(): LargeFiles {
  const files = new Map<string, Pile>();
  return {
    open: (name) => Promise.resolve(files.get(name)?.blob()),
    append: (name, at) => {
      const pile = new Pile(files.get(name)?.blob().slice(0, at));
      files.set(name, pile);
      const done = (): Promise<void> => Promise.resolve();
      return Promise.resolve({
        write: (bytes) => {
          pile.add(bytes);
          return Promise.resolve();
        },
        flush: done,
        close: done,
      });
    },
    remove: (name) => {
      files.delete(name);
      return Promise.resolve();
    },
    list: () => Promise.resolve([...files.keys()]),
  };
}

/** Writes as workers can: into the file itself. */
async function appendInPlace(
  open: NonNullable<WritableHandle['createSyncAccessHandle']>,
  at: number,
): Promise<Appender> {
  const access = await open();
  let end = at;
  try {
    access.truncate(at);
  } catch (error) {
    access.close();
    throw error;
  }
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        writeWhole(access, bytes, end);
        end += bytes.length;
        resolve();
      }),
    flush: () =>
      new Promise((resolve) => {
        access.flush();
        resolve();
      }),
    close: () =>
      new Promise((resolve) => {
        try {
          access.flush();
        } finally {
          // Or nobody opens the file again before the page is left.
          access.close();
        }
        resolve();
      }),
  };
}

/** Writes as pages can: into a copy, which takes the place of the file at its end; so each flush copies what is there. */
async function appendToCopy(handle: Pick<WritableHandle, 'createWritable'>, at: number): Promise<Appender> {
  let end = at;
  let writable: FileSystemWritableFileStream | undefined;
  const open = async (): Promise<FileSystemWritableFileStream> => {
    if (writable) return writable;
    writable = await handle.createWritable({ keepExistingData: true });
    await writable.truncate(end);
    await writable.seek(end);
    return writable;
  };
  const flush = async (): Promise<void> => {
    const open = writable;
    writable = undefined;
    await open?.close();
  };
  await open();
  return {
    write: async (bytes) => {
      try {
        await (await open()).write(bytes);
      } catch (error) {
        // The stream is broken now.
        writable = undefined;
        throw error;
      }
      end += bytes.length;
    },
    flush,
    close: flush,
  };
}

/** Files of a folder of the origin private file system. */
export function opfsLargeFiles(directory: FileSystemDirectoryHandle): LargeFiles {
  return {
    ...opfsFolder(directory),
    append: async (name, at) => {
      const handle: WritableHandle = await directory.getFileHandle(name, { create: true });
      return handle.createSyncAccessHandle
        ? await appendInPlace(() => handle.createSyncAccessHandle!(), at)
        : await appendToCopy(handle, at);
    },
  };
}
