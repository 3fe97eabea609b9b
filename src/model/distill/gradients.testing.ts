/** The golden batches, and how far gradients and parameters are from golden ones. */
import { fixture } from '../../../fixtures/load.ts';
import { crossEntropy, distillLoss } from '../../gpu/kernels/loss/loss.reference.ts';
import type { Divergence } from '../../gpu/kernels/loss/loss.ts';
import { canonicalName } from '../checkpoint/names.ts';
import type { ReferenceBatch } from '../network/training/backward.reference.ts';
import type { GradientBatch } from './gradients.ts';

/** Texts and tokens of a golden batch. */
const [batch, length] = [2, 24];

/** The batch that a golden loss is of. */
export async function goldenBatch(loss: Divergence | 'mdlm'): Promise<GradientBatch> {
  const file = await fixture('dit-d64/golden');
  const tokens = async (name: string): Promise<Uint32Array> => Uint32Array.from(await file.ints(name));
  const shape = { batch, length, xt: await tokens('xt') };
  if (loss === 'mdlm') {
    return { ...shape, loss, x0: await tokens('x0'), t: Float64Array.from(await file.floats('nelbo_t')) };
  }
  const t = Float64Array.from(await file.floats('target_t'));
  return { ...shape, loss, t, targetLogProbs: await file.floats('target_log_probs') };
}

/** The golden targets carry it in the mask's column; the kernels and their references do without. */
const MASK_OFFSET = 1e6;

/** A batch as the reference of the whole backward pass takes it. */
export function referenceBatch(given: GradientBatch, vocabulary: number): ReferenceBatch {
  const { length } = given;
  const maskId = vocabulary - 1;
  const count = given.batch * length;
  const rowsWhere = (holds: (row: number) => boolean): number[] => [...Array(count).keys()].filter(holds);
  if (given.loss === 'causal') {
    const { x0 } = given;
    const rows = rowsWhere((row) => row % length < length - 1);
    const lossOf: ReferenceBatch['lossOf'] = (logits, slot) => crossEntropy(logits, x0[rows[slot] + 1], 1);
    return { tokens: x0, length, times: [], rows, lossOf, scale: 1 / rows.length };
  }
  const { xt: tokens, t: times } = given;
  const rows = rowsWhere((row) => tokens[row] === maskId);
  const shape = { tokens, length, times, rows };
  if (given.loss === 'mdlm') {
    const { x0 } = given;
    const lossOf: ReferenceBatch['lossOf'] = (logits, slot) =>
      crossEntropy(logits, x0[rows[slot]], 1 / times[Math.floor(rows[slot] / length)]);
    return { ...shape, lossOf, scale: 1 / count };
  }
  const { loss, targetLogProbs } = given;
  const lossOf: ReferenceBatch['lossOf'] = (logits, slot) => {
    const start = rows[slot] * vocabulary;
    const target = Float64Array.from(targetLogProbs.subarray(start, start + vocabulary));
    if (target[maskId] < -MASK_OFFSET / 2) target[maskId] += MASK_OFFSET;
    return distillLoss(loss, logits, target);
  };
  return { ...shape, lossOf, scale: 1 / Math.max(1, rows.length) };
}

/** ||delta|| / ||g|| of two tensors; NaN counts as infinite, and so does what should be 0 and is not. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i] - expected[i]) ** 2;
    norm += expected[i] ** 2;
  }
  if (difference === 0) return 0;
  return norm === 0 || Number.isNaN(difference) ? Infinity : Math.sqrt(difference / norm);
}

/** `relativeError` of each tensor of a golden file. @param name of a file of `dit-d64` */
export async function goldenErrors(
  name: string,
  tensors: Record<string, ArrayLike<number>>,
): Promise<{ tensor: string; error: number }[]> {
  const file = await fixture(`dit-d64/${name}`);
  return Promise.all(
    file.names().map(async (tensor) => ({
      tensor,
      error: relativeError(tensors[canonicalName(tensor)], await file.floats(tensor)),
    })),
  );
}
