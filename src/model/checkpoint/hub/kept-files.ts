/**
 * Files of hubs that are kept as they came, in a folder: the next visit finds them, and a download that broke off goes on. In
 * the origin's file system, since the browser's caches hold whole answers only. What finds no room stays in memory, for as
 * long as somebody holds it.
 */
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import { crc32 } from '../../distill/crc32.ts';
import { readSmall, writeSmall, type Appender, type LargeFiles } from '../store/files.ts';
import { download, type DownloadOptions } from './download.ts';
import { fileUrl } from './hub.ts';
import type { DownloadSink, DownloadState } from './sink.ts';
import type { HubFile, HubListing } from './source.ts';

/** Name of a file and of its state: the same for the same file of the same commit. A person can tell what it is. */
function nameOf({ endpoint, repo, commit }: HubListing, { path }: HubFile): string {
  const readable = `${repo}-${commit.slice(0, 12)}-${path}`.replace(/[^\w-]+/g, '-').slice(0, 150);
  const exact = crc32(new TextEncoder().encode(JSON.stringify([endpoint, repo, commit, path])));
  return `${readable}-${exact.toString(16).padStart(8, '0')}`;
}

const stateOf = (name: string): string => `${name}.state`;

/** How far a download is, where its file has what it says. */
async function readState(files: LargeFiles, name: string): Promise<DownloadState | undefined> {
  try {
    const bytes = await readSmall(files, stateOf(name));
    if (!bytes) return undefined;
    const state = JSON.parse(new TextDecoder().decode(bytes)) as DownloadState;
    const blob = await files.open(name);
    return blob && blob.size >= state.stored && state.received <= state.total ? state : undefined;
  } catch {
    // Half written, or of a browser that gives its files no more.
    return undefined;
  }
}

/** A file of the folder that grows; from where the folder fails, in memory. */
class KeptSink implements DownloadSink {
  #appender: Appender | undefined;
  /** Bytes behind those that are safe in the folder. */
  #behind: Uint8Array<ArrayBuffer>[] = [];
  #safe: number;
  #inMemory = false;

  constructor(
    private readonly files: LargeFiles,
    private readonly name: string,
    readonly state: DownloadState | undefined,
  ) {
    this.#safe = state?.stored ?? 0;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#behind.push(bytes);
    await this.#try(async () => {
      this.#appender ??= await this.files.append(this.name, this.#safe);
      await this.#appender.write(bytes);
    });
  }

  async commit(state: DownloadState): Promise<void> {
    await this.#try(async () => {
      await this.#appender?.flush();
      const json = new TextEncoder().encode(JSON.stringify(state));
      await writeSmall(this.files, stateOf(this.name), json);
      this.#safe = state.stored;
      this.#behind = [];
    });
  }

  async restart(): Promise<void> {
    this.#behind = [];
    this.#safe = 0;
    await this.close();
    await this.#try(async () => {
      await this.files.remove(stateOf(this.name));
      await this.files.remove(this.name);
    });
  }

  /** Let go of the file. */
  async close(): Promise<void> {
    const appender = this.#appender;
    this.#appender = undefined;
    await appender?.close().catch(() => undefined);
  }

  /** All bytes; the file is let go of. */
  async blob(): Promise<Blob> {
    await this.close();
    const safe = this.#safe > 0 ? await this.files.open(this.name) : undefined;
    return new Blob([...(safe ? [safe.slice(0, this.#safe)] : []), ...this.#behind]);
  }

  /** Do something with the folder; where it fails, what comes from then on stays in memory. */
  async #try(task: () => Promise<void>): Promise<void> {
    if (this.#inMemory) return;
    try {
      await task();
    } catch {
      // No room, or another tab is at the same file.
      this.#inMemory = true;
      await this.close();
    }
  }
}

/** A folder of such files. */
export class KeptFiles {
  constructor(private readonly files: LargeFiles) {}

  /** Bytes of a file that are here: all of them, or as far as its download came. */
  async here(listing: HubListing, file: HubFile): Promise<number> {
    const state = await readState(this.files, nameOf(listing, file));
    return state?.total === file.bytes ? state.received : 0;
  }

  /**
   * A file, fetched as far as it is not here.
   * @throws UnmaskError as `download`; 'storage' where what was kept went meanwhile
   */
  async fetch(
    listing: HubListing,
    file: HubFile,
    options: Pick<DownloadOptions, 'fetcher' | 'signal' | 'onProgress' | 'pauses'>,
  ): Promise<Blob> {
    const name = nameOf(listing, file);
    const state = await readState(this.files, name);
    const sink = new KeptSink(this.files, name, state);
    try {
      // One that is whole asks for nothing.
      await download(fileUrl(listing, file.path), file, sink, options);
      const blob = await sink.blob();
      if (blob.size === file.bytes) return blob;
      throw new UnmaskError('storage', words.removed(file.path));
    } finally {
      await sink.close();
    }
  }

  /** Files that are kept, those that are not whole too, and their bytes. */
  async size(): Promise<{ entries: number; bytes: number }> {
    const names = (await this.files.list()).filter((name) => !name.endsWith('.state'));
    const sizes = await Promise.all(names.map(async (name) => (await this.files.open(name))?.size ?? 0));
    return { entries: names.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** Forget all of them. */
  async clear(): Promise<void> {
    for (const name of await this.files.list()) await this.files.remove(name);
  }
}
