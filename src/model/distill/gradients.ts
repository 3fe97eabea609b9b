/** Loss and gradients of one batch that is given whole: what tests and researchers hold against other implementations. */
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { ParameterLayout } from '../network/parameters.ts';
import { causalPlan, listRows } from './corruption.ts';
import { TrainedParameters } from './parameters.ts';
import { Trainer, type Loss } from './trainer.ts';

/** One batch: B texts of L tokens. */
export type GradientBatch = { batch: number; length: number } & (
  | {
      loss: Exclude<Loss, 'mdlm' | 'causal'>;
      /** Partly masked tokens, [B, L]. */
      xt: Uint32Array;
      /** Read by networks with time conditioning, [B]. */
      t: Float64Array;
      /** Log-probabilities of the teacher after SUBS, [B, L, V]; those of the mask may carry its offset of -1e6. */
      targetLogProbs: Float32Array;
    }
  | { loss: 'mdlm'; xt: Uint32Array; x0: Uint32Array; t: Float64Array }
  | { loss: 'causal'; x0: Uint32Array }
);

/** A loss, and its gradient by every parameter, under the names of the checkpoint. */
export interface LossAndGradients {
  loss: number;
  gradients: Record<string, Float32Array<ArrayBuffer>>;
}

/** The offset that SUBS gives the mask's logit in the released code. */
const MASK_OFFSET = 1e6;

/**
 * Loss and gradients at the parameters of a checkpoint. Distillation losses are means over masked positions; mdlm is the sum over
 * masked positions of -log p(x0) / t, divided by B L; causal is the mean of -log p over the tokens behind the first of each text.
 * @param memory bytes of logits that are in memory at once
 * @throws UnmaskError 'config', 'limit'
 * @throws GpuOutOfMemory
 */
export async function lossAndGradients(
  gpu: Gpu,
  checkpoint: Checkpoint,
  given: GradientBatch,
  memory?: number,
): Promise<LossAndGradients> {
  const arena = gpu.memory.arena('gradients of a batch');
  try {
    const { batch, length, loss } = given;
    const layout = new ParameterLayout(checkpoint.config);
    layout.checkDevice(gpu);
    const trained = await TrainedParameters.create(gpu, arena, layout, {
      parameters: await layout.read(checkpoint),
    });
    const trainer = await Trainer.create(gpu, arena, trained, { batch, length }, loss, memory);
    const { t, count, scale } = writeBatch(trainer, given);
    await trainer.runner.run(trainer.gradients(t, count, scale));
    const losses = new Float32Array(
      await readBuffer(gpu, trainer.headBuffers.losses, Math.max(4, 4 * count)),
    );
    const sum = count === 0 ? 0 : losses.reduce((total, value) => total + value, 0);
    const gradients = layout.tensors(await layout.readBack(gpu, trained.gradients));
    return { loss: sum * scale, gradients };
  } finally {
    arena.destroy();
  }
}

/**
 * Write a batch to a trainer of its loss.
 * @returns what `Trainer.gradients` takes
 */
export function writeBatch(
  trainer: Trainer,
  given: GradientBatch,
): { t: ArrayLike<number>; count: number; scale: number } {
  const maskId = trainer.context.layout.config.vocabulary - 1;
  const { t, tokens, slots, rows, scale } = planOf(given, maskId);
  trainer.write({ tokens, slots });
  if (given.loss === 'mdlm' || given.loss === 'causal') trainer.writeLabels(labelsOf(given, rows));
  else writeTargets(trainer, given.targetLogProbs, rows);
  return { t, count: rows.length, scale };
}

interface Planned {
  t: ArrayLike<number>;
  tokens: Uint32Array;
  rows: Uint32Array;
  slots: Uint32Array;
  scale: number;
}

function planOf(given: GradientBatch, maskId: number): Planned {
  const { batch, length } = given;
  if (given.loss === 'causal') {
    const { tokens, rows, slots } = causalPlan({ tokens: given.x0, length });
    return { t: [], tokens, rows, slots, scale: 1 / (batch * length) };
  }
  const masked = Uint32Array.from([...given.xt.keys()].filter((row) => given.xt[row] === maskId));
  const scale = given.loss === 'mdlm' ? 1 / (batch * length) : 1 / Math.max(1, masked.length);
  return { t: given.t, tokens: given.xt, scale, ...listRows(masked, given.xt.length) };
}

function labelsOf(
  given: Extract<GradientBatch, { loss: 'mdlm' | 'causal' }>,
  rows: Uint32Array,
): { labels: Uint32Array; weights: Float64Array } {
  if (given.loss === 'causal') return causalPlan({ tokens: given.x0, length: given.length });
  return {
    labels: rows.map((row) => given.x0[row]),
    weights: Float64Array.from(rows, (row) => 1 / given.t[Math.floor(row / given.length)]),
  };
}

/** Targets of the chosen rows, one behind the other; the mask's column without its offset. */
function writeTargets(trainer: Trainer, logProbs: Float32Array, rows: Uint32Array): void {
  const { inputs, headBuffers, gpu, context } = trainer;
  if (inputs.loss === 'cross-entropy') throw new Error('labels, not targets');
  const { vocabulary } = context.layout.config;
  const { stride } = headBuffers;
  const values = new Float32Array(rows.length * stride);
  rows.forEach((row, slot) => {
    const target = logProbs.subarray(row * vocabulary, (row + 1) * vocabulary);
    values.set(target, slot * stride);
    const mask = target[vocabulary - 1];
    if (mask < -MASK_OFFSET / 2) values[slot * stride + vocabulary - 1] = mask + MASK_OFFSET;
  });
  if (values.length > 0) gpu.write(inputs.targets, 0, values);
}
