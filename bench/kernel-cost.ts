/** What a forward pass has to do at the least, kernel by kernel: `passCost` in parts. */
import { ATTENTION } from '../src/gpu/kernels/attention/attention.ts';
import { EMBEDDING } from '../src/gpu/kernels/embedding/embedding.ts';
import { GEMM_KERNELS, type GemmOp, type Storage } from '../src/gpu/kernels/gemm/gemm.ts';
import type { ModelConfig } from '../src/model/checkpoint/config.ts';
import type { PassCost } from '../src/model/network/cost.ts';

/** All launches of a kernel in one pass together. */
export interface KernelCost extends PassCost {
  /** Bytes of activations, f32: each value that is read or written counted once a launch. */
  activationBytes: number;
}

/** What counts as activations, in words, for reports. */
export const ACTIVATION_FORMULA =
  'bytes of activations, f32, each read once and written once by a launch; what the head leaves of its logits is left out';

type Part = 'embedding' | 'attention' | Extract<GemmOp, 'rope' | 'residual' | 'gelu' | 'sample'>;

/** The part of a pass that a kernel is, by its name; the merge of the draw has too little to do to be counted. */
const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  [ATTENTION.name, 'attention'],
  ...Object.values(EMBEDDING).map(({ name }): [string, Part] => [name, 'embedding']),
  ...(['rope', 'residual', 'gelu', 'sample'] as const).flatMap((part) =>
    Object.values<Record<Storage, { name: string }>>(GEMM_KERNELS[part]).flatMap((kernels) =>
      Object.values(kernels).map(({ name }): [string, Part] => [name, part]),
    ),
  ),
]);

/**
 * Cost of a kernel in a pass of a diffusion network whose adaLN is constant, with tokens drawn in the head. The parts of a
 * pass add up to its `passCost`, and leave out what that leaves out.
 * @param kernel its name; a pass has one for each part
 * @param length L, tokens of the sample
 * @param rows R, tokens drawn by the head
 * @param bytes of a stored weight: 2 for f16, 4 for f32
 * @returns undefined for a kernel of which nothing is counted
 */
export function kernelCost(
  kernel: string,
  { hidden: d, blocks, vocabulary }: Pick<ModelConfig, 'hidden' | 'blocks' | 'vocabulary'>,
  length: number,
  rows: number,
  bytes: number,
): KernelCost | undefined {
  /** A layer of every block, with `values` activations a token in and out. */
  const layer = (weights: number, values: number): KernelCost => ({
    operations: 2 * blocks * length * weights,
    weightBytes: bytes * blocks * weights,
    activationBytes: 4 * blocks * length * values,
  });
  switch (PARTS.get(kernel)) {
    case 'embedding':
      return { operations: 0, weightBytes: bytes * length * d, activationBytes: 4 * length * d };
    case 'rope':
      return layer(3 * d ** 2, 4 * d);
    case 'attention':
      // Two products with L columns for each token: q k^T, and its law times v.
      return { ...layer(0, 4 * d), operations: 4 * blocks * length ** 2 * d };
    case 'residual':
      // The output of attention and of the MLP, each with what it adds to: d + 2 d, and 4 d + 2 d.
      return layer(5 * d ** 2, 9 * d);
    case 'gelu':
      return layer(4 * d ** 2, 5 * d);
    case 'sample': {
      const weights = d * vocabulary;
      return {
        operations: 2 * rows * weights,
        weightBytes: bytes * weights,
        activationBytes: 4 * rows * d,
      };
    }
    case undefined:
      return undefined;
  }
}
