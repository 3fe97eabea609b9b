import { defineKernel } from '../../kernel.ts';
import type { Chunks } from '../chunks.ts';
import modulationWgsl from './modulation-backward.wgsl?raw';

/** Gradients of modulation and of the norms' weights; shapes in modulation-backward.wgsl. */
export const MODULATION_BACKWARD = defineKernel('modulation-backward', [modulationWgsl], {
  shape: 'uniform',
  partials: 'read',
  weight: 'read',
  modulation: 'read',
  dmod: 'read-write',
  dweight: 'read-write',
});

/** The uniform of modulation-backward.wgsl. */
export function modulationBackwardUniform(s: {
  /** Values of one part: a multiple of 4. */
  inner: number;
  /** Values of a modulation row. */
  stride: number;
  /** Rows of modulation: 1, or one for each sample. */
  groups: number;
  chunks: Chunks;
}): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(s.inner / 4, s.stride / 4, s.groups, s.chunks.count / s.groups);
}

/** Workgroups for modulation rows of `stride` values. */
export function modulationBackwardWorkgroups(stride: number): [number] {
  return [Math.ceil(stride / 32)];
}
