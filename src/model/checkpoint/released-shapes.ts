/**
 * Shapes at which masked diffusion and its autoregressive twin were compared and released: Deschenaux and Gulcehre, "Beyond
 * Autoregression: Fast LLMs via Self-Distillation Through Time" (SDTT, arXiv 2410.21035), after MDLM (arXiv 2406.07524).
 */
import { expectedTensors } from './checkpoint.ts';
import type { ModelConfig } from './config.ts';

/** What sets the size of a network. */
export interface NetworkShape {
  /** Hidden size d. */
  hidden: number;
  blocks: number;
  heads: number;
  /** V, mask included. */
  vocabulary: number;
}

/** Shapes by the number of parameters that they go by, smallest first. */
export const SHAPE_NAMES = ['169M', '424M', '863M', '1.3B'] as const;

export type ShapeName = (typeof SHAPE_NAMES)[number];

/** GPT-2's vocabulary, and a mask. */
const VOCABULARY = 50_258;

/**
 * 169M, 424M and 863M: width, depth and heads of the sizes small, medium and large in the configurations of the released
 * code (`dit-orig-*.yaml`, `ar-orig-*.yaml`); the diffusion network has as many parameters, embedding and head apart. 1.3B:
 * the width and depth by which that size is known since GPT-3 XL (arXiv 2005.14165, table 2.1), with heads of 128. It
 * goes by what the autoregressive network has where embedding and head are one matrix; apart, as here, they make it 1.41
 * billion, and the diffusion network 1.45.
 */
export const RELEASED_SHAPES: Readonly<Record<ShapeName, NetworkShape>> = {
  '169M': { hidden: 768, blocks: 12, heads: 12, vocabulary: VOCABULARY },
  '424M': { hidden: 1024, blocks: 24, heads: 16, vocabulary: VOCABULARY },
  '863M': { hidden: 1536, blocks: 24, heads: 16, vocabulary: VOCABULARY },
  '1.3B': { hidden: 2048, blocks: 24, heads: 16, vocabulary: VOCABULARY },
};

/** Width of the conditioning vector of every released diffusion network. */
const COND_DIM = 128;

/**
 * A shape as the configuration of a network without time conditioning. The two kinds are twins: a diffusion network has
 * adaLN besides, and what it needs to make its vector; everything else they share.
 * @param length longest text, in tokens
 */
export function shapeConfig(
  name: string,
  shape: NetworkShape,
  kind: ModelConfig['kind'],
  length: number,
): ModelConfig {
  return {
    ...{ name, kind, length },
    ...{ hidden: shape.hidden, heads: shape.heads, blocks: shape.blocks, vocabulary: shape.vocabulary },
    condDim: kind === 'diffusion' ? COND_DIM : 0,
    timeConditioning: false,
    samplingEps: 1e-5,
  };
}

/** Parameters of a network, embedding and head counted apart. */
export function parameterCount(config: ModelConfig): number {
  const sizes = [...expectedTensors(config).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The released small diffusion models. */
export const RELEASED_SMALL: ModelConfig = shapeConfig(
  'released-small',
  RELEASED_SHAPES['169M'],
  'diffusion',
  1024,
);
