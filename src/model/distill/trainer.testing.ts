/** Training on labels, for tests. */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import type { BatchShape } from '../network/forward.ts';
import type { ParameterLayout } from '../network/parameters.ts';
import type { LabelPlan } from './corruption.ts';
import { optimizerUniform, type OptimizerOptions } from './optimizer.ts';
import { TrainedParameters } from './parameters.ts';
import { Trainer } from './trainer.ts';

/** Updates from one look at the loss to the next. */
const LOOK_EVERY = 10;

/**
 * Train on one batch from some parameters on, until it is known by heart.
 * @param o.enough cross-entropy to stop at, in nats
 * @param o.updates to stop after at the latest
 * @returns the mean of -log p over the rows that count, at every tenth update
 */
export async function learnByHeart(
  gpu: Gpu,
  arena: Arena,
  { layout, parameters }: { layout: ParameterLayout; parameters: Float32Array<ArrayBuffer> },
  shape: BatchShape,
  plan: LabelPlan,
  o: { loss: 'mdlm' | 'causal'; enough: number; updates: number; optimizer: OptimizerOptions },
): Promise<number[]> {
  const trained = await TrainedParameters.create(gpu, arena, layout, { parameters });
  const trainer = await Trainer.create(gpu, arena, trained, shape, o.loss);
  trainer.write(plan);
  trainer.writeLabels(plan);
  const { length: count } = plan.rows;
  const seen: number[] = [];
  for (let update = 0; update < o.updates; update++) {
    const write = (): void => {
      trained.write(optimizerUniform(o.optimizer, update + 1));
    };
    const gradients = trainer.gradients(plan.t, count, 1 / plan.tokens.length);
    await trainer.runner.run([...gradients, { write, pieces: [trained.launches] }]);
    if (update % LOOK_EVERY !== 0) continue;
    const losses = new Float32Array(await readBuffer(gpu, trainer.headBuffers.losses, 4 * count));
    const sum = losses.reduce((total, loss, slot) => total + loss / plan.weights[slot], 0);
    seen.push(sum / count);
    if (sum / count < o.enough) break;
  }
  return seen;
}
