/** What the updates of every training end with: losses on their way back, the optimiser, and what is told of an update. */
import { StagingRing } from '../../gpu/buffers.ts';
import type { Launch } from '../../gpu/kernel.ts';
import type { Copy } from '../../gpu/recorder.ts';
import { gradientNorm, NORM_PARTIALS } from '../../gpu/kernels/adamw/adamw.ts';
import { optimizerUniform, type OptimizerOptions } from './optimizer.ts';
import type { UpdateReport } from './report.ts';
import type { Stage } from './stages.ts';
import type { Trainer } from './trainer.ts';

/** An update on its way: told once the GPU is done with it. */
export interface PendingUpdate {
  done: Promise<UpdateReport>;
}

/** What the GPU did in an update. */
export interface Outcome {
  /** Sum of the losses of all rows. */
  losses: number;
  gradientNorm: number;
  milliseconds: number;
}

/** An update whose micro-batches come one after the other. */
export interface OpenUpdate {
  /**
   * Run a micro-batch to its gradients.
   * @param prepare writes what the micro-batch takes; called once the one before it is submitted
   * @param count its rows
   */
  add(prepare: () => readonly Stage[], count: number): Promise<void>;
  /**
   * Change the parameters, in the submit of the last micro-batch.
   * @param step of the optimiser, from 1
   * @returns once it is submitted; what is in it, once that is done
   */
  finish(step: number): Promise<{ done: Promise<Outcome> }>;
}

/** The optimiser of a network in training. */
export class Optimisation {
  readonly #ring: StagingRing;
  #lastDone = 0;

  constructor(
    private readonly trainer: Trainer,
    private readonly options: OptimizerOptions & { accumulate: number },
  ) {
    const { arena, context } = trainer;
    this.#ring = new StagingRing(arena, 4 * (options.accumulate * context.activations.rows + NORM_PARTIALS));
  }

  /** Begin an update; the one before it may still be on its way. */
  async begin(): Promise<OpenUpdate> {
    const { trained, headBuffers } = this.trainer;
    const slot = await this.#ring.take();
    let rows = 0;
    let waiting: { stages: readonly Stage[]; copies: Copy[] } = { stages: [], copies: [] };
    const run = ({ stages, copies }: typeof waiting, last: readonly Launch[]): Promise<void> =>
      this.trainer.runner.run([...stages, { pieces: [last], ...(copies.length > 0 ? { copies } : {}) }]);
    return {
      add: async (prepare, count) => {
        await run(waiting, []);
        const at = { to: slot.buffer, toOffset: 4 * rows };
        const copy = { from: headBuffers.losses, ...at, bytes: 4 * count };
        rows += count;
        waiting = { stages: prepare(), copies: count === 0 ? [] : [copy] };
      },
      finish: async (step) => {
        trained.write(optimizerUniform(this.options, step));
        const at = { to: slot.buffer, toOffset: 4 * rows };
        waiting.copies.push({ from: trained.normPartials, ...at, bytes: 4 * NORM_PARTIALS });
        await run(waiting, trained.launches);
        return { done: this.#outcome(rows, slot.read(4 * (rows + NORM_PARTIALS))) };
      },
    };
  }

  async #outcome(rows: number, read: Promise<ArrayBuffer>): Promise<Outcome> {
    const values = new Float32Array(await read);
    const now = performance.now();
    const milliseconds = now - this.#lastDone;
    this.#lastDone = now;
    return {
      losses: values.subarray(0, rows).reduce((sum, loss) => sum + loss, 0),
      gradientNorm: gradientNorm(values.subarray(rows)),
      milliseconds,
    };
  }

  /** Updates are timed from here on: whatever was done before is not theirs. */
  startClock(): void {
    this.#lastDone = performance.now();
  }
}
