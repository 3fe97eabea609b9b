import type { Launch } from '../../gpu/kernel.ts';
import type { ModelConfig } from '../checkpoint/config.ts';

/** What a forward pass has to do at the least, by formula; kernels may do more. */
export interface PassCost {
  /** Floating-point operations, a multiply-add counted as two. */
  operations: number;
  /** Bytes of weights, each matrix read once. */
  weightBytes: number;
}

/** Cost formulas in words, for reports. */
export const COST_FORMULAS = {
  operations:
    'n (24 L d^2 + 4 L^2 d) + 2 R d V floating-point operations: L tokens, R of them through the head, ' +
    'n blocks of width d, V tokens in the vocabulary',
  weightBytes: 'b (12 n d^2 + d V + L d) bytes of weights, each matrix read once: b bytes a weight',
};

/**
 * Cost of a pass of a diffusion network whose adaLN is constant. Per token and block: 3 d^2 weights for q, k and v, d^2 for
 * the output, 8 d^2 for the MLP; attention takes 2 L d multiply-adds. Norms, biases and sampling are left out: below 1 %.
 * @param length L, tokens of the sample
 * @param rows R, tokens drawn by the head
 * @param bytes of a stored weight: 2 for f16, 4 for f32
 */
export function passCost(
  { hidden: d, blocks, vocabulary }: Pick<ModelConfig, 'hidden' | 'blocks' | 'vocabulary'>,
  length: number,
  rows: number,
  bytes: number,
): PassCost {
  const body = blocks * (24 * length * d ** 2 + 4 * length ** 2 * d);
  const head = 2 * rows * d * vocabulary;
  const weights = 12 * blocks * d ** 2 + (rows > 0 ? d * vocabulary : 0) + length * d;
  return { operations: body + head, weightBytes: bytes * weights };
}

/** A launch, and about what it costs beside others, in multiply-adds: by this a submit is filled. */
export interface Work {
  launch: Launch;
  cost: number;
}

/** A launch costs at least this: what a GPU has to do before it begins counts more in small networks than what is computed. */
const LEAST_COST = 2e6;
/** A product over fewer rows takes about as long: as long as reading the weights. */
const FEWEST_ROWS = 16;
/** Multiply-adds in the time in which a kernel that computes little reads and writes a value. */
const VALUE_COST = 32;

/** Cost of a product of `rows` with a matrix. */
export function productCost(rows: number, columns: number, inner: number): number {
  return Math.max(LEAST_COST, Math.max(FEWEST_ROWS, rows) * columns * inner);
}

/** Cost of attention, over all heads. @param width of all heads together */
export function attentionCost(queries: number, keys: number, width: number): number {
  return Math.max(LEAST_COST, 2 * queries * keys * width);
}

/** Cost of a kernel that goes through so many values once. */
export function valueCost(values: number): number {
  return Math.max(LEAST_COST, VALUE_COST * values);
}
