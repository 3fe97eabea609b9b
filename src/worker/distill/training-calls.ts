/** Training on clean texts, and loss and gradients of a batch. */
import { releasedName } from '../../model/checkpoint/names.ts';
import { lossAndGradients } from '../../model/distill/gradients.ts';
import { checkModel } from '../arguments.ts';
import type { Calls } from '../protocol.ts';
import { checkGradients } from './arguments.ts';
import type { DistillContext, DistillServices } from './services.ts';
import { TrainingRun } from './training-run.ts';

type Name = 'train' | 'lossAndGradients';

/** Answers by the name of the call. */
export type TrainingCalls = {
  [K in Name]: (options: Calls[K]['options'], context: DistillContext) => Promise<Calls[K]['result']>;
};

/** The calls of one engine. */
export function trainingCalls(services: DistillServices): TrainingCalls {
  return {
    train: async (o, context) => {
      const run = new TrainingRun(services);
      try {
        await services.turn(context, () => run.open(o, context));
        return await run.run(context);
      } finally {
        // Not stopped by the signal: what it was at comes to its end first.
        await services.turn({}, () => run.close());
      }
    },
    lossAndGradients: (o, context) =>
      services.turn(context, async () => {
        const { checkpoint } = await services.models(context).open(checkModel(o.model));
        const { config, tensors } = checkpoint;
        const batch = checkGradients(o, config);
        const { loss, gradients } = await lossAndGradients(await services.gpu(), checkpoint, batch);
        const nameOf = (name: string): string => tensors.fileName?.(name) ?? releasedName(config, name);
        return {
          loss,
          gradients: Object.fromEntries(
            Object.entries(gradients).map(([name, values]) => [nameOf(name), values]),
          ),
        };
      }),
  };
}
