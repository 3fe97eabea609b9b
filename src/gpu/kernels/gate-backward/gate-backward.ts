import { defineKernel, type Constants } from '../../kernel.ts';
import type { Chunks } from '../chunks.ts';
import gateWgsl from './gate-backward.wgsl?raw';

/** Backward of a gated residual; shapes in gate-backward.wgsl. */
export const GATE_BACKWARD = defineKernel('gate-backward', [gateWgsl], {
  shape: 'uniform',
  dx: 'read',
  p: 'read',
  modulation: 'read',
  dp: 'read-write',
  partials: 'read-write',
});

/** Constants of gate-backward.wgsl. */
export function gateBackwardConstants(chunks: Chunks): Constants {
  return { CHUNK_ROWS: chunks.rows };
}

/** The uniform of gate-backward.wgsl; all counts in values, multiples of 4. */
export function gateBackwardUniform(s: {
  inner: number;
  /** Rows of one sample. */
  length: number;
  /** Values from one sample's modulation to the next; 0 where all share one. */
  stride: number;
  gate: number;
  /** Values of a chunk's partial sums: those of one modulation row. */
  partialStride: number;
}): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(s.inner / 4, s.length, s.stride / 4, s.gate / 4, s.partialStride / 4);
}

/** Workgroups for rows of `inner` values. */
export function gateBackwardWorkgroups(
  { perSample, count }: Chunks,
  inner: number,
): [number, number, number] {
  return [Math.ceil(inner / 256), perSample, count / perSample];
}
