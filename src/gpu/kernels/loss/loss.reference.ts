/** Losses of one position with their gradients by its logits, in plain float64. */
import { tokenNll } from '../sample/sample.reference.ts';
import { targetOf } from '../target/target.reference.ts';
import type { Divergence } from './loss.ts';

/** A loss, and its derivative by each of the V logits. */
export interface LossGradient {
  loss: number;
  gradient: Float64Array;
}

/** Of one log-probability s against its target q: what it adds to the loss, and the derivative of that by s. */
const TERMS: Record<Divergence, (s: number, q: number, vocabulary: number) => [number, number]> = {
  'kl-bwd': (s, q) => [Math.exp(s) * (s - q), Math.exp(s) * (s - q + 1)],
  'kl-fwd': (s, q) => [Math.exp(q) * (q - s), -Math.exp(q)],
  mse: (s, q, vocabulary) => [(s - q) ** 2 / vocabulary, (2 * (s - q)) / vocabulary],
  tvd: (s, q) => [Math.abs(s - q), Math.sign(s - q)],
};

/**
 * How far a student is from its target in one position, as the released code measures it: on log-probabilities, for mse and tvd
 * with the column of the mask. The loss of a batch is the mean over its masked positions.
 * @param logits V, raw
 * @param target V, as of `targetOf`
 */
export function distillLoss(
  kind: Divergence,
  logits: ArrayLike<number>,
  target: ArrayLike<number>,
): LossGradient {
  const student = targetOf(logits);
  const { length } = student;
  const maskId = length - 1;
  const counted = kind === 'mse' || kind === 'tvd' ? length : maskId;
  const terms = Array.from({ length: counted }, (_, v) => TERMS[kind](student[v], target[v], length));
  const loss = terms.reduce((sum, [value]) => sum + value, 0);
  const slopes = terms.reduce((sum, [, slope]) => sum + slope, 0);
  // s = z - log-sum-exp over real tokens, whose derivative is p there and 0 for the mask.
  const gradient = student.map(
    (s, v) => (v < counted ? terms[v][1] : 0) - (v < maskId ? Math.exp(s) * slopes : 0),
  );
  return { loss, gradient };
}

/** -log p of a label over real tokens, weighted. @param logits V, raw */
export function crossEntropy(logits: ArrayLike<number>, label: number, weight: number): LossGradient {
  const maskId = logits.length - 1;
  const gradient = targetOf(logits).map((s, v) =>
    v < maskId ? weight * (Math.exp(s) - Number(v === label)) : 0,
  );
  return { loss: weight * tokenNll(logits, label, maskId), gradient };
}
