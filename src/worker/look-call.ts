/** What `attention`, `pair` and `lens` are asked for, and what they answer. Nothing here runs. */
import type { Backend } from './sample-call.ts';

export interface AttentionOptions {
  model: string;
  /** One text x_t: ids 0..V - 1, masked slots hold V - 1. */
  tokens: number[];
  /** Time in (0, 1], read only by models with time conditioning (default 1). */
  t?: number;
  /** Layer of the network, from 0. */
  layer: number;
  /** Head of that layer, from 0. */
  head: number;
  backend?: Backend;
}

/** What each position of a text reads in one head. */
export interface AttentionResult {
  /** Layers of the network, and heads of each. */
  layers: number;
  heads: number;
  /** L, tokens of the text. */
  length: number;
  /** [L, L], row-major: row i is what position i reads, and sums to 1. Of a causal model it is 0 behind column i. */
  weights: Float32Array<ArrayBuffer>;
}

export interface PairOptions {
  model: string;
  /** One text x_t: ids 0..V - 1, masked slots hold V - 1. */
  tokens: number[];
  /** Two masked slots, a and b. */
  positions: [number, number];
  /** Time in (0, 1], read only by models with time conditioning (default 1). */
  t?: number;
  temperature?: number;
  topP?: number;
  /** Tokens of a that are looked at, the likeliest, 1..32 (default 6). */
  top?: number;
  /** 'both': also the same cells with b first; one more pass of up to 2 x `top` texts (default 'first'). */
  order?: 'first' | 'both';
  backend?: Backend;
}

/**
 * What the model holds of two slots: one after the other against both at once. Laws are after temperature and top-p. It
 * gives conditional laws and no joint one: with the other slot first, a pair may have another chance.
 */
export interface PairResult {
  positions: [number, number];
  /** Tokens of a, likeliest first, with p(a). */
  rows: { token: number; probability: number; distance: number }[];
  /** Tokens of b, those of the greatest cell of either table first, with p(b); at most 2 x `top`. */
  columns: { token: number; probability: number }[];
  /** p(a_i) p(b_j | a_i), by row. */
  joint: number[][];
  /** p(a_i) p(b_j), by row: the law of slots that are written in one step. */
  product: number[][];
  /** p(b_j) p(a_i | b_j), by row; only with `order: 'both'`. */
  reverse?: number[][];
  /** Share of p(a) that the rows hold. */
  held: number;
  /** Total variation between p(b) and p(b | a_i), all tokens counted, as the rows have it each; their mean by p(a_i). */
  distance: number;
  /** The likeliest pair, tokens of a and b: one after the other (among the rows), and both at once. */
  likeliest: { joint: [number, number]; product: [number, number] };
}

export interface LensOptions {
  model: string;
  /** One text x_t: ids 0..V - 1, masked slots hold V - 1. */
  tokens: number[];
  /** A masked slot. */
  position: number;
  /** Time of x_t in (0, 1] (default 1). */
  t?: number;
  /** Steps of the run whose step from t is taken, 1..1024: the law of the naive draw has the chance to stay masked in it. */
  steps: number;
  temperature?: number;
  backend?: Backend;
}

/** The law of a slot as it is, and as float32 noise makes it; of the token, given that one comes. */
export interface LensResult {
  position: number;
  /** Chance to stay masked in the step: s / t, and what the naive draw makes of it. */
  stay: { exact: number; naive: number };
  /** Entropies, nats. */
  entropy: { exact: number; naive: number; safe: number };
  /** Total variation from the exact law. */
  distance: { naive: number; safe: number };
  /** Share of the real tokens that the naive draw never takes, and what they have of the exact law. */
  never: { tokens: number; probability: number };
  /** By rank of the exact law, from 1: at most 200 ranks, the first and the last among them. */
  curve: { rank: number; exact: number; naive: number; safe: number }[];
}
