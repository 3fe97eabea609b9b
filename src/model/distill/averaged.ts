/** The moving average of what is trained: it is what is validated, and what is kept. */
import { recordForward } from '../network/training/forward.ts';
import { LossHead } from '../network/training/head.ts';
import type { Stage } from './stages.ts';
import type { Reader, Trainer } from './trainer.ts';

/** Reads the tokens that the trainer reads, with the averaged parameters. */
export class Averaged {
  private constructor(
    private readonly trainer: Trainer,
    readonly reader: Reader,
    readonly head: LossHead,
  ) {}

  static async create(trainer: Trainer): Promise<Averaged> {
    const { context, trained, arena, headBuffers, backward, inputs } = trainer;
    const { tokens, modulation } = context.activations;
    const buffers = {
      parameters: trained.buffers.average,
      modulation: arena.storage('modulation of the average', modulation.size),
      tokens,
    };
    const [pass, head] = await Promise.all([
      recordForward(context, buffers),
      LossHead.create(context, headBuffers, buffers, trained.gradients, backward.dFeatures, inputs),
    ]);
    return new Averaged(trainer, { buffers, pass }, head);
  }

  /** Losses of the rows that were written; gradients stay as they are. @param count rows */
  losses(times: ArrayLike<number>, count: number): Stage[] {
    return [
      ...this.trainer.forward(this.reader, times),
      // The loss is the first launch behind the logits; what follows would be gradients.
      ...this.head.prepare(count, 0).map(({ logits, rest }) => ({ pieces: [[logits, rest[0]]] })),
    ];
  }
}
