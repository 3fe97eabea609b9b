import { logSumExp } from '../sample/sample.reference.ts';

/**
 * The target of one position, in float64: log-probabilities over real tokens; the mask's logit, in the last place, less the same
 * normaliser.
 * @param logits V, raw
 * @returns V
 */
export function targetOf(logits: ArrayLike<number>): Float64Array {
  const normaliser = logSumExp(logits, 0, logits.length - 1);
  return Float64Array.from(logits, (logit) => logit - normaliser);
}
