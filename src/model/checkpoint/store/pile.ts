/** Loose bytes up to here are put together: so that a Blob of gigabytes has hundreds of parts, and not a hundred thousand. */
const LOOSE = 16 * 2 ** 20;

/** Bytes in memory that grow at their end. Browsers move the Blobs that they are made of out of the worker's own memory. */
export class Pile {
  readonly #blobs: Blob[];
  #loose: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** @param start what stands before the first bytes */
  constructor(start?: Blob) {
    this.#blobs = start && start.size > 0 ? [start] : [];
  }

  /** Copies the bytes. */
  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#loose.push(bytes.slice());
    this.#bytes += bytes.length;
    if (this.#bytes >= LOOSE) this.#gather();
  }

  /** All so far. */
  blob(): Blob {
    this.#gather();
    return new Blob(this.#blobs);
  }

  #gather(): void {
    if (this.#bytes === 0) return;
    this.#blobs.push(new Blob(this.#loose));
    this.#loose = [];
    this.#bytes = 0;
  }
}
