/** Work in stages on its way to the GPU, in submits that a page stays interactive with. */
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import { submit, type Copy } from '../../gpu/recorder.ts';
import { Pacer } from '../backend/pacing.ts';

/** Launches that belong together. */
export interface Stage {
  /** Writes that must not come before the launches of earlier stages; a stage with some begins a submit. */
  write?: () => void;
  /** In pieces of about the same cost: a submit may end between them. */
  pieces: readonly (readonly Launch[])[];
  /** Copies after the last piece; a stage with some ends a submit. */
  copies?: readonly Copy[];
}

/** Submits that may be on their way at once. */
const IN_FLIGHT = 2;

/** Submits stages in order. How they are cut into submits changes no result, since every launch sees those before it. */
export class StageRunner {
  readonly #pacer = new Pacer();
  readonly #flying: Promise<void>[] = [];
  #lastDone = 0;

  constructor(private readonly gpu: Gpu) {}

  /** @returns once everything is submitted; at most two submits are still at work then */
  async run(stages: readonly Stage[]): Promise<void> {
    let pieces: (readonly Launch[])[] = [];
    const flush = async (copies: readonly Copy[] = []): Promise<void> => {
      while (pieces.length > 0) {
        const count = this.#pacer.units(pieces.length);
        const last = count === pieces.length;
        const launches = pieces.slice(0, count).flat();
        pieces = pieces.slice(count);
        submit(this.gpu, launches, last ? copies : []);
        await this.#follow(count);
      }
    };
    for (const stage of stages) {
      if (stage.write) {
        await flush();
        stage.write();
      }
      pieces.push(...stage.pieces.filter((piece) => piece.length > 0));
      if (stage.copies) {
        // Copies need a submit, also where there is nothing to launch before them.
        if (pieces.length === 0) pieces.push([]);
        await flush(stage.copies);
      }
    }
    await flush();
  }

  /** Wait until the GPU has done all of it. */
  async drain(): Promise<void> {
    await Promise.all(this.#flying.splice(0));
  }

  /** Time a submit; they overlap, so one begins when the one before it is done. */
  async #follow(units: number): Promise<void> {
    const submitted = performance.now();
    const done = this.gpu.device.queue.onSubmittedWorkDone().then(() => {
      const now = performance.now();
      this.#pacer.measured(units, now - Math.max(submitted, this.#lastDone));
      this.#lastDone = now;
    });
    this.#flying.push(done);
    while (this.#flying.length >= IN_FLIGHT) await this.#flying.shift();
  }
}
