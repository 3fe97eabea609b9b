/**
 * Draws tokens on the CPU, for backends that give logits: the law and the race of `sample.reference.ts`, with the noise of
 * the same addresses, in a few loops over the vocabulary that allocate nothing.
 */
import type { NoiseAddress } from '../../gpu/kernels/sample/sample.reference.ts';
import { exponential, tokenBitsPairInto, uniform } from '../../gpu/random.ts';

/** A token drawn, its chance, and the entropy of the law it was drawn from, nats. */
export interface DrawnToken {
  token: number;
  probability: number;
  entropy: number;
}

/** Draws tokens of one vocabulary; not for two callers at once, since it has its numbers in one place. */
export class TokenDraw {
  /** Chances, up to a factor. */
  readonly #weights: Float64Array;
  readonly #candidates: Float64Array;
  readonly #bits = new Uint32Array(2);
  /** Sum of the weights, and of weight * log weight. */
  #sum = 0;
  #sumLog = 0;

  /** @param maskId the mask; real tokens are those below */
  constructor(private readonly maskId: number) {
    this.#weights = new Float64Array(maskId);
    this.#candidates = new Float64Array(maskId);
  }

  /**
   * A token by the law of `tokenProbabilities`: the argmin of E / p, the first one if two tie.
   * @param logits V, raw; the mask's entry is not read
   * @param temperature > 0
   * @param topP in (0, 1]
   */
  draw(logits: Float32Array, temperature: number, topP: number, address: NoiseAddress): DrawnToken {
    this.#weigh(logits, temperature);
    if (topP < 1) this.#truncate(topP);
    return this.#describe(this.#race(address));
  }

  /** The likeliest real token, the first one if two tie, with its chance among all real tokens. */
  likeliest(logits: Float32Array, temperature: number): DrawnToken {
    const { maskId } = this;
    let best = 0;
    for (let v = 1; v < maskId; v++) if (logits[v] > logits[best]) best = v;
    this.#weigh(logits, temperature);
    return this.#describe(best);
  }

  /** Weights exp((logit - largest) / temperature), and their sums. */
  #weigh(logits: Float32Array, temperature: number): void {
    const weights = this.#weights;
    const { maskId } = this;
    let largest = -Infinity;
    for (let v = 0; v < maskId; v++) if (logits[v] > largest) largest = logits[v];
    this.#sum = 0;
    this.#sumLog = 0;
    for (let v = 0; v < maskId; v++) {
      const log = (logits[v] - largest) / temperature;
      const weight = Math.exp(log);
      weights[v] = weight;
      this.#sum += weight;
      // Far from the largest one the weight is 0, and 0 * -Infinity would be no number.
      if (weight > 0) this.#sumLog += weight * log;
    }
  }

  /** Keep the smallest set of greatest weights that reaches `topP` of their sum, with all that tie with the least of it. */
  #truncate(topP: number): void {
    const weights = this.#weights;
    // Weights below this one have less than 1 - topP of the sum together, so the set needs none of them.
    const least = ((1 - topP) * this.#sum) / this.maskId;
    let count = 0;
    for (const weight of weights) if (weight >= least) this.#candidates[count++] = weight;
    const sorted = this.#candidates.subarray(0, count).sort();
    let reached = 0;
    let at = count;
    while (at > 0 && reached < topP * this.#sum) reached += sorted[--at];
    const threshold = sorted[Math.min(at, count - 1)];
    this.#sum = 0;
    this.#sumLog = 0;
    for (let v = 0; v < weights.length; v++) {
      if (weights[v] < threshold) weights[v] = 0;
      else {
        this.#sum += weights[v];
        this.#sumLog += weights[v] * Math.log(weights[v]);
      }
    }
  }

  #race({ seed, sample, position, draw }: NoiseAddress): number {
    const weights = this.#weights;
    const bits = this.#bits;
    let winner = 0;
    let least = Infinity;
    for (let v = 0; v < weights.length; v++) {
      if ((v & 1) === 0) tokenBitsPairInto(bits, seed, sample, position, v >> 1, draw);
      const weight = weights[v];
      const word = bits[v & 1];
      // E = -log(1 - u) is greater than u: hardly any token needs the logarithm to lose.
      if (!(uniform(word) < least * weight)) continue;
      const score = exponential(word) / weight;
      if (score < least) {
        least = score;
        winner = v;
      }
    }
    return winner;
  }

  #describe(token: number): DrawnToken {
    const entropy = Math.log(this.#sum) - this.#sumLog / this.#sum;
    // Of a law that is certain the difference may come out a little below zero.
    return { token, probability: this.#weights[token] / this.#sum, entropy: Math.max(0, entropy) };
  }
}
