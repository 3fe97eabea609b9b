import { UnmaskError } from './errors.ts';

/** How long work keeps the thread before it lets messages in, such as the one that stops it; ms. */
const UNINTERRUPTED = 50;

/** Lets messages in, in long work on the thread that hears them. */
export class Breath {
  #last = performance.now();

  /** @param cancelled what is said where the work is stopped, a sentence */
  constructor(
    private readonly cancelled: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** To be awaited wherever the work may end. @throws UnmaskError 'aborted' once the signal says so */
  async take(): Promise<void> {
    if (performance.now() - this.#last > UNINTERRUPTED) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#last = performance.now();
    }
    if (this.signal?.aborted) throw new UnmaskError('aborted', this.cancelled);
  }
}
