import { UnmaskError } from './errors.ts';
import { cancelledWords as words } from './messages/cancelled.ts';

/** How long work keeps the thread before it lets messages in, such as the one that stops it; ms. */
const UNINTERRUPTED = 50;

/** Lets messages in, in long work on the thread that hears them. */
export class Breath {
  #last = performance.now();
  readonly #cancelled: string;

  /** @param work what is said where it is stopped: a sentence, or what is at work as the subject of one */
  constructor(
    work: { cancelled: string } | string,
    private readonly signal?: AbortSignal,
  ) {
    this.#cancelled = typeof work === 'string' ? words.other(work) : work.cancelled;
  }

  /** To be awaited wherever the work may end. @throws UnmaskError 'aborted' once the signal says so */
  async take(): Promise<void> {
    if (performance.now() - this.#last > UNINTERRUPTED) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#last = performance.now();
    }
    if (this.signal?.aborted) throw new UnmaskError('aborted', this.#cancelled);
  }
}
