import { defineKernel, type BindingKind } from '../../kernel.ts';
import weightF16Wgsl from '../gemm/weight-f16.wgsl?raw';
import weightF32Wgsl from '../gemm/weight-f32.wgsl?raw';
import spanWgsl from '../span.wgsl?raw';
import embeddingWgsl from './embedding.wgsl?raw';

const BINDINGS: Record<'shape' | 'tokens' | 'weights' | 'y' | 'span', BindingKind> = {
  shape: 'uniform',
  tokens: 'read',
  weights: 'read',
  y: 'read-write',
  span: 'dynamic-uniform',
};

/** Embedding gather, by storage of the table. */
export const EMBEDDING = {
  f16: defineKernel('embedding-f16', [spanWgsl, embeddingWgsl, weightF16Wgsl], BINDINGS),
  f32: defineKernel('embedding-f32', [spanWgsl, embeddingWgsl, weightF32Wgsl], BINDINGS),
};

/** The uniform of a gather from `count` rows of the table, of `hidden` values each, of which the first is row `first`. */
export function embeddingUniform(hidden: number, count: number, first = 0): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(hidden / 4, first, count);
}

/** Workgroups of an element-wise kernel with so many threads each, spread over two dimensions where one is too short. */
export function elementWorkgroups(elements: number, threads = 64): [number, number] {
  const groups = Math.ceil(elements / threads);
  const wide = Math.min(groups, 65_535);
  return [wide, Math.ceil(groups / wide)];
}
