/** Where the bytes of a download go, and how far they are. */
import type { IHasher } from 'hash-wasm';
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import { fromHex, toHex } from './hex.ts';
import type { DownloadSink, DownloadState } from './sink.ts';
import type { HubFile } from './source.ts';
import type { ByteTransform, TransformFactory } from './transform.ts';

/** Bytes of the source between two commits: what a crash costs at most. */
export const COMMIT_EVERY = 16 * 2 ** 20;

/** Bytes of one file on their way into a sink: hashed as they came, kept as the transform makes them. */
export class Transfer {
  /** Bytes of the source so far. */
  received = 0;
  /** ETag of the source, where it has one that compares bytes. */
  etag: string | undefined;
  private stored = 0;
  private committed = 0;
  private transform: ByteTransform | undefined;

  private constructor(
    private readonly file: HubFile,
    private readonly sink: DownloadSink,
    private readonly factory: TransformFactory | undefined,
    /** Undefined where nothing is known to compare with. */
    private readonly hash: IHasher | undefined,
  ) {
    this.transform = factory?.();
  }

  /** From where the sink's state says, or from the start where that does not fit the file. */
  static async open(
    file: HubFile,
    sink: DownloadSink,
    factory: TransformFactory | undefined,
  ): Promise<Transfer> {
    let hash: IHasher | undefined;
    if (file.sha256 !== undefined) {
      // Only who downloads loads it.
      const { createSHA256 } = await import('hash-wasm');
      hash = await createSHA256();
    }
    const transfer = new Transfer(file, sink, factory, hash);
    if (sink.state === undefined) hash?.init();
    else if (!transfer.resume(sink.state)) await transfer.restart();
    return transfer;
  }

  private resume({ received, stored, total, etag, more = {} }: DownloadState): boolean {
    if (total !== this.file.bytes || received > total) return false;
    try {
      this.hash?.load(fromHex(more['sha256'] ?? ''));
      if (this.factory) {
        if (!('transform' in more)) return false;
        this.transform = this.factory(more['transform']);
      }
    } catch {
      // Saved by another release, or damaged: fetching anew is all that is left.
      return false;
    }
    [this.received, this.stored, this.committed, this.etag] = [received, stored, received, etag];
    return true;
  }

  /** Drop all that came. */
  async restart(): Promise<void> {
    this.received = this.stored = this.committed = 0;
    this.etag = undefined;
    this.transform = this.factory?.();
    this.hash?.init();
    await this.sink.restart();
  }

  /** @throws what the transform and the sink throw; where the transform does, what came is dropped: it would again */
  async take(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let kept = bytes;
    if (this.transform) {
      try {
        kept = this.transform.push(bytes);
      } catch (error) {
        await this.restart();
        throw error;
      }
    }
    this.hash?.update(bytes);
    if (kept.length > 0) await this.sink.write(kept);
    this.received += bytes.length;
    this.stored += kept.length;
    if (this.received - this.committed >= COMMIT_EVERY) await this.commit();
  }

  /** Make what came safe. */
  async commit(): Promise<void> {
    if (this.received === this.committed) return;
    const more = {
      ...(this.hash && { sha256: toHex(this.hash.save()) }),
      ...(this.transform && { transform: this.transform.save() }),
    };
    await this.sink.commit({
      ...{ received: this.received, stored: this.stored, total: this.file.bytes, more },
      ...(this.etag !== undefined && { etag: this.etag }),
    });
    this.committed = this.received;
  }

  /** All came: is it the file? @throws UnmaskError 'hash-mismatch'; what came is dropped then */
  async finish(): Promise<void> {
    const { path, sha256 } = this.file;
    // Once it is made up it cannot be saved any more.
    const save = this.hash?.save();
    if (this.hash?.digest() !== sha256) {
      await this.restart();
      throw new UnmaskError('hash-mismatch', words.otherHash(path));
    }
    if (save) this.hash?.load(save);
    await this.commit();
  }
}
