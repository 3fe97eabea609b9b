/** A model on its way into the store: takes the bytes of a download, and makes a model of them once all are there. */
import type { IHasher } from 'hash-wasm';
import { isQuota } from '../../distill/store.ts';
import { UnmaskError } from '../../errors.ts';
import { modelStoreWords as words } from '../../messages/model-store.ts';
import type { DownloadSink, DownloadState } from '../hub/sink.ts';
import { fileName, readState, VERSION, type Meta, type ModelOrigin, type StateFile } from './layout.ts';
import { seal } from './sealed.ts';
import { writeSmall, type Appender, type LargeFiles } from './files.ts';
import { Pile } from './pile.ts';
import { hashBlob, loadHasher, saveHasher, sha256 } from './sha256.ts';

/** What makes a model of weights. */
export interface Arrived {
  id: string;
  info: object;
  /** config.json, as text. */
  config: string;
  /** tokenizer.json, as text. */
  tokenizer?: string;
}

const noMemory = (cause: unknown): UnmaskError => new UnmaskError('storage', words.noRoom, { cause });

/** What went wrong, where it is not room that is wanting. */
const unwritable = (cause: unknown): UnmaskError => {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UnmaskError('storage', words.notStored(reason), { cause });
};

/**
 * The sink of a download, and what comes of it. Where the folder has no room left, the bytes from there on go to memory: what
 * was written before stays where it is, and both together are the weights until the page is left.
 */
export class Receiving implements DownloadSink {
  /** Since when there is no room: bytes behind those of the file. */
  #memory: Pile | undefined;
  /** Bytes since the last commit, in case that they are lost with a write that fails. */
  #pending: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the file up to the last commit. */
  #safe: number;
  #file: Appender | undefined;
  #hasher: IHasher;
  #serial: number;
  readonly #info: object | undefined;
  #state: DownloadState | undefined;

  private constructor(
    private readonly files: LargeFiles,
    readonly key: string,
    readonly origin: ModelOrigin,
    private readonly now: () => number,
    private readonly release: () => void,
    begun: { serial: number; state: DownloadState | undefined; hasher: IHasher; info: object | undefined },
  ) {
    this.#info = begun.info;
    this.#serial = begun.serial;
    this.#state = begun.state;
    this.#hasher = begun.hasher;
    this.#safe = begun.state?.stored ?? 0;
  }

  /**
   * Begin, or go on where a download broke off.
   * @param release lets go of the lock on the key, which the caller has
   * @param info goes with its state; by default what was there
   */
  static async open(
    files: LargeFiles,
    key: string,
    origin: ModelOrigin,
    now: () => number,
    release: () => void,
    info?: object,
  ): Promise<Receiving> {
    const found = await readState(files, key);
    const known = found && found.version <= VERSION ? found : undefined;
    if (found && !known) throw new UnmaskError('storage', words.newerDownload);
    const stored = known?.download?.stored ?? 0;
    const blob = await files.open(fileName(key, 'weights'));
    // Shorter than it was: somebody else has been there.
    const whole = blob !== undefined && blob.size >= stored;
    const hasher = whole
      ? ((known?.hasher === undefined ? undefined : await loadHasher(known.hasher)) ??
        (await hashBlob(blob.slice(0, stored))))
      : await sha256();
    const state = whole ? known?.download : undefined;
    return new Receiving(files, key, origin, now, release, {
      ...{ serial: known?.serial ?? 0, state, hasher },
      info: info ?? known?.info,
    });
  }

  get state(): DownloadState | undefined {
    return this.#state;
  }

  /** Where the weights are going. */
  get kept(): 'disk' | 'memory' {
    return this.#memory === undefined ? 'disk' : 'memory';
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#hasher.update(bytes);
    if (this.#memory !== undefined) {
      this.#remember([bytes]);
      return;
    }
    // Whoever gave the bytes may use the buffer again.
    this.#pending.push(bytes.slice());
    await this.#orMemory(async () => {
      await (await this.#open()).write(bytes);
    });
  }

  async commit(state: DownloadState): Promise<void> {
    if (this.#memory === undefined) {
      await this.#orMemory(async () => {
        await (await this.#open()).flush();
        await this.#writeState(state);
        this.#safe = state.stored;
        this.#pending = [];
      });
    }
    this.#state = state;
  }

  async restart(): Promise<void> {
    this.#pending = [];
    this.#memory = undefined;
    this.#state = undefined;
    this.#safe = 0;
    this.#hasher = await sha256();
    await this.#close();
    await this.#orMemory(async () => {
      // First, so that after a crash no state speaks of bytes that are gone.
      await this.#writeState(undefined);
      await this.#open();
    });
  }

  /** Nothing more comes: the weights. */
  async weights(): Promise<Blob> {
    await this.#orMemory(() => this.#close());
    const blob = (await this.files.open(fileName(this.key, 'weights'))) ?? new Blob();
    return this.#memory === undefined ? blob : new Blob([blob.slice(0, this.#safe), this.#memory.blob()]);
  }

  /**
   * Make a model of the weights.
   * @returns undefined where they are in memory, or its small files find no room: then there is no model in the store
   */
  async keep({ id, info, config, tokenizer }: Arrived): Promise<Meta | undefined> {
    if (this.#memory !== undefined) return undefined;
    const { files, key, origin } = this;
    const addedAt = this.now();
    const meta: Meta = { version: VERSION, id, origin, info, files: [], addedAt };
    const { size = 0 } = (await files.open(fileName(key, 'weights'))) ?? {};
    meta.files.push({ part: 'weights', bytes: size, sha256: this.#hasher.digest() });
    try {
      for (const [part, text] of [
        ['config', config],
        ['tokenizer', tokenizer],
      ] as const) {
        if (text === undefined) continue;
        const bytes = new TextEncoder().encode(text);
        await writeSmall(files, fileName(key, part), bytes);
        const hash = (await hashBlob(new Blob([bytes]))).digest();
        meta.files.push({ part, bytes: bytes.length, sha256: hash });
      }
      await writeSmall(files, fileName(key, 'meta'), seal(meta));
    } catch (error) {
      if (isQuota(error)) return undefined;
      throw unwritable(error);
    }
    // From here on it counts, whatever becomes of these.
    for (const suffix of ['state-0', 'state-1'] as const) {
      await files.remove(fileName(key, suffix)).catch(() => undefined);
    }
    return meta;
  }

  /** Let go of it, as it is. */
  async leave(): Promise<void> {
    await this.#close().catch(() => undefined);
    this.release();
  }

  async #open(): Promise<Appender> {
    if (this.#file) return this.#file;
    // A state comes before the first byte, so that bytes without one are nobody's.
    if (this.#state === undefined) await this.#writeState(undefined);
    this.#file = await this.files.append(fileName(this.key, 'weights'), this.#safe);
    return this.#file;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #writeState(download: DownloadState | undefined): Promise<void> {
    const state: StateFile = {
      ...{ version: VERSION, serial: this.#serial + 1, origin: this.origin, at: this.now() },
      ...(this.#info === undefined ? {} : { info: this.#info }),
      ...(download === undefined ? {} : { download, hasher: saveHasher(this.#hasher) }),
    };
    await writeSmall(this.files, fileName(this.key, this.#serial % 2 ? 'state-1' : 'state-0'), seal(state));
    this.#serial += 1;
  }

  /** Do it, or where that finds no room, go on in memory. */
  async #orMemory(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!isQuota(error)) throw unwritable(error);
      await this.#close().catch(() => undefined);
      const lost = this.#pending;
      this.#pending = [];
      this.#memory = new Pile();
      this.#remember(lost);
    }
  }

  #remember(parts: Uint8Array<ArrayBuffer>[]): void {
    try {
      for (const bytes of parts) this.#memory?.add(bytes);
    } catch (error) {
      throw noMemory(error);
    }
  }
}
