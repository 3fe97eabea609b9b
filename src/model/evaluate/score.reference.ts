/** How likely a token is, in plain float64. */
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';

/**
 * -log p of a token by the logits of its law, nats: softmax over real tokens, at temperature 1.
 * @param logits V, raw; the mask's entry is not read
 * @param token a real token, below maskId
 */
export function tokenNll(logits: ArrayLike<number>, token: number, maskId: number): number {
  return logSumExp(logits, 0, maskId) - logits[token];
}
