/**
 * What an update of training begins with: texts, a time for each, and what is masked at that time. Pure functions of seed and
 * sample, so that a training resumes with the very batch that it would have had.
 */
import { corruptionBits, timeBits, uniform } from '../../gpu/random.ts';
import { maskChance } from '../diffusion/schedule.ts';

/** In `slots`: the row is not among those that count. */
export const NO_SLOT = 0xffffffff;

/** The texts of an update and the address of its random numbers. */
export interface UpdateBatch {
  /** Clean tokens x0, [batch, length]. */
  tokens: Uint32Array;
  length: number;
  maskId: number;
  /** Integer in [0, 2^32). */
  seed: number;
  /** Running index of the first text over the whole training; text i of the batch is sample firstSample + i. */
  firstSample: number;
}

/** Texts with some tokens masked. */
export interface Corruption {
  /** Time of each text, in [eps, 1]; [batch]. */
  t: Float64Array;
  /** x_t, [batch, length]; maskId where masked. */
  tokens: Uint32Array;
}

/** The rows m = text * length + position of a batch on which head and loss run. */
export interface RowList {
  /** [count]. */
  rows: Uint32Array;
  /** Index in `rows` of each row of the batch, NO_SLOT where it is not among them; [batch * length]. */
  slots: Uint32Array;
}

/**
 * Times of an update: one in each of `batch` equal parts of [eps, 1], all at the same place of their part, which lowers the
 * variance of the loss against independent ones (the low-discrepancy sampler of arXiv 2107.00630). One uniform serves the update,
 * where the released code draws one for each text.
 * @returns eps + (1 - eps) (i + u) / batch for i = 0..batch - 1
 */
export function stratifiedTimes(seed: number, firstSample: number, batch: number, eps: number): Float64Array {
  const u = uniform(timeBits(seed, firstSample));
  return Float64Array.from({ length: batch }, (_, i) => eps + ((1 - eps) * (i + u)) / batch);
}

/**
 * The forward process: every token is masked with chance 0.999 t, BOS too.
 * @param t time of each text
 * @returns x_t, [batch, length]
 */
export function maskTokens(
  { tokens, length, maskId, seed, firstSample }: UpdateBatch,
  t: Float64Array,
): Uint32Array {
  return tokens.map((id, row) => {
    const text = Math.floor(row / length);
    const [bits] = corruptionBits(seed, firstSample + text, row % length);
    return uniform(bits) < maskChance(t[text]) ? maskId : id;
  });
}

/** Times and masks of an update, by `stratifiedTimes` and `maskTokens`. */
export function corrupt(batch: UpdateBatch, eps: number): Corruption {
  const t = stratifiedTimes(batch.seed, batch.firstSample, batch.tokens.length / batch.length, eps);
  return { t, tokens: maskTokens(batch, t) };
}

/** Rows in their order, and for each of `count` rows its place among them. */
export function listRows(rows: Uint32Array, count: number): RowList {
  const slots = new Uint32Array(count).fill(NO_SLOT);
  rows.forEach((row, slot) => {
    slots[row] = slot;
  });
  return { rows, slots };
}

/** What the loss of one update on clean tokens is made of. */
export interface LabelPlan extends RowList {
  /** Time of each text; empty for causal networks. */
  t: Float64Array;
  /** What the network reads, [batch, length]. */
  tokens: Uint32Array;
  /** Token that each row should foretell, [count]. */
  labels: Uint32Array;
  /** Weight of each row's negative log-likelihood, [count]; the loss is their weighted sum divided by batch * length. */
  weights: Float64Array;
}

/**
 * An update by the MDLM loss (arXiv 2406.07524, log-linear noise): x0 in the masked positions, weighted by 1 / t.
 * @param eps smallest time: `sampling_eps` of the checkpoint
 */
export function mdlmPlan(batch: UpdateBatch, eps: number): LabelPlan {
  const { t, tokens } = corrupt(batch, eps);
  const rows = Uint32Array.from([...tokens.keys()].filter((row) => tokens[row] === batch.maskId));
  return {
    t,
    tokens,
    ...listRows(rows, tokens.length),
    labels: rows.map((row) => batch.tokens[row]),
    weights: Float64Array.from(rows, (row) => 1 / t[Math.floor(row / batch.length)]),
  };
}

/**
 * An update of a causal network: every position but the last foretells the token after it.
 * Its weights make the loss the mean over these positions.
 */
export function causalPlan({ tokens, length }: Pick<UpdateBatch, 'tokens' | 'length'>): LabelPlan {
  const rows = Uint32Array.from([...tokens.keys()].filter((row) => row % length < length - 1));
  return {
    t: new Float64Array(),
    tokens,
    ...listRows(rows, tokens.length),
    labels: rows.map((row) => tokens[row + 1]),
    weights: new Float64Array(rows.length).fill(length / (length - 1)),
  };
}
