/** A store on a folder of the disk, for programs without a page. */
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Files, Locks } from '../model/distill/files.ts';

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** Files of a folder, which is made with the first one. */
export function nodeFiles(folder: string): Files {
  return {
    read: async (name) => {
      try {
        return new Uint8Array(await readFile(join(folder, name)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: async (name, bytes) => {
      await mkdir(folder, { recursive: true });
      // Under another name until it is whole and on the disk.
      const path = join(folder, name);
      const file = await open(`${path}.part`, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.part`, path);
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    list: async () => {
      try {
        return await readdir(folder);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive all the same.
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Locks between processes of one machine: a file with the number of the process that has it. One that a dead process left
 * behind is free.
 */
export function processLocks(folder: string): Locks {
  const pathOf = (name: string): string => join(folder, `${name}.lock`);
  /** The living process that has a lock; undefined where none has. */
  const holder = async (name: string): Promise<number | undefined> => {
    try {
      const pid = Number(await readFile(pathOf(name), 'utf8'));
      return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    take: async (name) => {
      if ((await holder(name)) !== undefined) return undefined;
      await mkdir(folder, { recursive: true });
      await rm(pathOf(name), { force: true });
      try {
        await writeFile(pathOf(name), String(process.pid), { flag: 'wx' });
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return undefined;
        throw error;
      }
      let ours = true;
      return () => {
        if (ours) rmSync(pathOf(name), { force: true });
        ours = false;
      };
    },
    taken: async (name) => (await holder(name)) !== undefined,
  };
}
