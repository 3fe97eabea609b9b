/** How a session hands its work to the GPU: in submits that take about as long as they should, by what those before them took. */
import type { Gpu } from '../../gpu/device.ts';
import { submit } from '../../gpu/recorder.ts';
import { UnmaskError } from '../errors.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import type { Work } from '../network/cost.ts';
import { Pacer } from './pacing.ts';

/**
 * Cost of the first submit at most, in multiply-adds, before the machine is known: a millisecond or less on a GPU, some of a
 * network of today's sizes on an adapter that is none.
 */
const FIRST_COST = 5e7;

/** The submits of one session, which overlap. */
export class Submits {
  readonly #pacer = new Pacer(FIRST_COST);
  /** When the last one was done, ms. */
  #lastDone = 0;

  constructor(private readonly gpu: Gpu) {}

  /** Work from `from` on, as much as fits the time of a submit. */
  next<W extends Work>(work: readonly W[], from: number): readonly W[] {
    const count = this.#pacer.units(work.length - from, (ahead) => work[from + ahead].cost);
    return work.slice(from, from + count);
  }

  /** Time what was just submitted: its turn begins when the one before it is done. */
  async measure(work: readonly Work[]): Promise<void> {
    const submitted = performance.now();
    await this.gpu.device.queue.onSubmittedWorkDone();
    const done = performance.now();
    const cost = work.reduce((sum, unit) => sum + unit.cost, 0);
    this.#pacer.measured(cost, done - Math.max(submitted, this.#lastDone));
    this.#lastDone = done;
  }

  /** Submit all of it, one submit after the other. @throws UnmaskError 'aborted' between two of them */
  async all(work: readonly Work[], signal: AbortSignal | undefined): Promise<void> {
    for (let i = 0; i < work.length;) {
      if (signal?.aborted) throw new UnmaskError('aborted', cancelledWords.notAllRead);
      const next = this.next(work, i);
      submit(
        this.gpu,
        next.map(({ launch }) => launch),
      );
      await this.measure(next);
      i += next.length;
    }
  }
}
