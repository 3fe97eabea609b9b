import { describe, expect, it } from 'vitest';
import { memoryLargeFiles, opfsLargeFiles, readSmall, writeSmall, type LargeFiles } from './files.ts';

/** A file that changed since it was opened, as browsers have it. */
function stale(name = 'NotReadableError'): Blob {
  const blob = new Blob(['old']);
  blob.arrayBuffer = () => Promise.reject(new DOMException('it changed', name));
  return blob;
}

/** A folder whose files are found as given, one after the other. */
const found = (...blobs: (Blob | undefined)[]): LargeFiles => ({
  ...memoryLargeFiles(),
  open: () => Promise.resolve(blobs.shift()),
});

describe('a small file', () => {
  it('is read again where it changed after it was opened', async () => {
    const files = found(stale(), stale('NotFoundError'), new Blob(['new']));
    expect(new TextDecoder().decode(await readSmall(files, 'a'))).toBe('new');
    expect(await readSmall(found(stale('NotFoundError'), undefined), 'a')).toBeUndefined();
  });

  it('that never stands still is an error, as is any other fault', async () => {
    await expect(readSmall(found(stale(), stale(), stale(), stale()), 'a')).rejects.toThrow('it changed');
    await expect(readSmall(found(stale('AbortError'), new Blob()), 'a')).rejects.toThrow('it changed');
  });

  it('is closed though its flush fails', async () => {
    let closed = 0;
    const access = {
      truncate: () => undefined,
      write: (bytes: Uint8Array) => bytes.length,
      flush: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
      close: () => (closed += 1),
    };
    const handle = { createSyncAccessHandle: () => Promise.resolve(access) };
    const directory = { getFileHandle: () => Promise.resolve(handle) };
    const files = opfsLargeFiles(directory as unknown as FileSystemDirectoryHandle);
    await expect(writeSmall(files, 'a', Uint8Array.of(1))).rejects.toThrow('full');
    expect(closed).toBe(1);
  });

  it.each([0, 1, 2 ** 32 - 8])('is full where a write of 2 bytes says %d', async (written) => {
    const nothing = (): void => undefined;
    const access = { truncate: nothing, write: () => written, flush: nothing, close: nothing };
    const handle = { createSyncAccessHandle: () => Promise.resolve(access) };
    const directory = { getFileHandle: () => Promise.resolve(handle) };
    const files = opfsLargeFiles(directory as unknown as FileSystemDirectoryHandle);
    await expect(writeSmall(files, 'a', Uint8Array.of(1, 2))).rejects.toMatchObject({
      name: 'QuotaExceededError',
    });
  });
});
