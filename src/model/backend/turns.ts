/** Lets callers that share something use it one after the other. */
export class Turns {
  /** Settles when the last caller is done. */
  #last: Promise<void> = Promise.resolve();

  /** Wait for those before; whoever has the turn calls what this returns when done, once. */
  async take(): Promise<() => void> {
    const before = this.#last;
    let release = (): void => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}
