/** The golden batches, and how far gradients and parameters are from golden ones. */
import { fixture } from '../../../fixtures/load.ts';
import type { Divergence } from '../../gpu/kernels/loss/loss.ts';
import { canonicalName } from '../checkpoint/names.ts';
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
