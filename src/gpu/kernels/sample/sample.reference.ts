/** The law of a token and its draw in plain float64: what the sampling kernels and the samplers are tested against. */
import { exponential, tokenBitsPair } from '../../random.ts';

/** Log of the sum of exponentials of `count` entries from `start`. */
export function logSumExp(values: ArrayLike<number>, start: number, count: number): number {
  let largest = -Infinity;
  for (let i = start; i < start + count; i++) largest = Math.max(largest, values[i]);
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += Math.exp(values[i] - largest);
  return largest + Math.log(sum);
}

/** Index of the largest of `count` scores, the first one if some tie. */
export function argmax(count: number, score: (index: number) => number): number {
  let best = 0;
  let largest = score(0);
  for (let i = 1; i < count; i++) {
    const value = score(i);
    if (value > largest) [best, largest] = [i, value];
  }
  return best;
}

/**
 * Chances of the tokens of one position: softmax of logits / temperature over real tokens, then nucleus truncation
 * (Holtzman et al., arXiv 1904.09751): the smallest set of most probable tokens whose chances reach `topP`, all that
 * tie with its least probable one, renormalised.
 * @param logits V, raw; the mask's entry is not read
 * @param temperature > 0
 * @param topP in (0, 1]; 1 keeps all
 * @returns V chances; 0 for the mask and for what is cut
 */
export function tokenProbabilities(
  logits: ArrayLike<number>,
  maskId: number,
  temperature: number,
  topP: number,
): Float64Array {
  const scaled = Float64Array.from({ length: maskId }, (_, v) => logits[v] / temperature);
  const normaliser = logSumExp(scaled, 0, maskId);
  const probabilities = new Float64Array(maskId + 1);
  for (let v = 0; v < maskId; v++) probabilities[v] = Math.exp(scaled[v] - normaliser);
  if (topP >= 1) return probabilities;
  let reached = 0;
  let threshold = 0;
  for (const probability of probabilities.toSorted().reverse()) {
    reached += probability;
    threshold = probability;
    if (reached >= topP) break;
  }
  const kept = probabilities.map((probability) => (probability >= threshold ? probability : 0));
  const mass = kept.reduce((sum, probability) => sum + probability, 0);
  return kept.map((probability) => probability / mass);
}

/** Entropy of a law, nats. */
export function entropyOf(probabilities: Float64Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/** The address of a token's noise. */
export interface NoiseAddress {
  seed: number;
  sample: number;
  position: number;
  /** Which of the draws for its position this is (default 0). */
  draw?: number;
}

/**
 * E / p of every token with the noise of an address: the least one is drawn.
 * @param probabilities V chances
 * @returns V; Infinity where the chance is 0
 */
export function races(
  probabilities: ArrayLike<number>,
  { seed, sample, position, draw }: NoiseAddress,
): Float64Array {
  const result = new Float64Array(probabilities.length);
  for (let token = 0; token < probabilities.length; token += 2) {
    tokenBitsPair(seed, sample, position, token / 2, draw).forEach((bits, word) => {
      if (token + word < result.length) {
        const probability = probabilities[token + word];
        result[token + word] = probability > 0 ? exponential(bits) / probability : Infinity;
      }
    });
  }
  return result;
}

/**
 * Draw one token: argmin of E / p with the noise of its address, the first one if two tie.
 * @param probabilities V chances, at least one positive; a token of chance 0 is never drawn
 */
export function drawToken(probabilities: ArrayLike<number>, address: NoiseAddress): number {
  const scores = races(probabilities, address);
  return argmax(scores.length, (token) => -scores[token]);
}

/**
 * How likely a token is: -log p under softmax(logits) over real tokens, nats, in float64; exact also where p is too small for a
 * number.
 * @param maskId number of real tokens; logits from there on do not count
 */
export function tokenNll(logits: ArrayLike<number>, token: number, maskId: number): number {
  return logSumExp(logits, 0, maskId) - logits[token];
}
