/** What a store stands on: a folder of files, and locks. Here those of memory, for tests and where nothing can be kept. */

/** A folder of whole files, without folders in it. */
export interface Files {
  /** The bytes of a file, undefined where there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Makes a file or replaces it; when it resolves, the bytes are where a crash of the page leaves them. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Resolves too where there is no such file. */
  remove(name: string): Promise<void>;
  /** Names of all files, in any order. */
  list(): Promise<string[]>;
}

/** Locks that tabs, or processes, exclude each other with; those of one that ends are free. */
export interface Locks {
  /** Take a lock. @returns how to give it back, or undefined where somebody has it */
  take(name: string): Promise<(() => void) | undefined>;
  /** Whether anybody has a lock, this tab included. */
  taken(name: string): Promise<boolean>;
}

/** Files that are gone with the page. */
export function memoryFiles(): Files {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    read: (name) => Promise.resolve(files.get(name)?.slice()),
    write: (name, bytes) => {
      files.set(name, bytes.slice());
      return Promise.resolve();
    },
    remove: (name) => {
      files.delete(name);
      return Promise.resolve();
    },
    list: () => Promise.resolve([...files.keys()]),
  };
}

/** Locks within one page. */
export function memoryLocks(): Locks {
  const taken = new Set<string>();
  return {
    take: (name) => {
      if (taken.has(name)) return Promise.resolve(undefined);
      taken.add(name);
      let ours = true;
      return Promise.resolve(() => {
        if (ours) taken.delete(name);
        ours = false;
      });
    },
    taken: (name) => Promise.resolve(taken.has(name)),
  };
}
