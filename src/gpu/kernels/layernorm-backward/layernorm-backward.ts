import { defineKernel, type BindingKind, type Constants } from '../../kernel.ts';
import type { Chunks } from '../chunks.ts';
import { layernormUniform } from '../layernorm/layernorm-modulate.ts';
import rowsAllWgsl from '../layernorm/rows-all.wgsl?raw';
import rowsChosenWgsl from '../layernorm/rows-chosen.wgsl?raw';
import backwardWgsl from './layernorm-backward.wgsl?raw';

const BINDINGS: Record<
  'shape' | 'x' | 'dh' | 'weight' | 'modulation' | 'dx' | 'h' | 'partials',
  BindingKind
> = {
  shape: 'uniform',
  x: 'read',
  dh: 'read',
  weight: 'read',
  modulation: 'read',
  dx: 'read-write',
  h: 'read-write',
  partials: 'read-write',
};

/** Backward of LAYERNORM_MODULATE; shapes in layernorm-backward.wgsl. */
export const LAYERNORM_BACKWARD = defineKernel('layernorm-backward', [rowsAllWgsl, backwardWgsl], BINDINGS);

/** Backward of LAYERNORM_GATHER: dh and h are those of the chosen rows, dh of the others is 0. */
export const LAYERNORM_BACKWARD_GATHER = defineKernel(
  'layernorm-backward-gather',
  [rowsChosenWgsl, backwardWgsl],
  { ...BINDINGS, slots: 'read' },
);

/** Constants of layernorm-backward.wgsl. @param accumulate add to dx instead of writing it */
export function layernormBackwardConstants(chunks: Chunks, accumulate: boolean): Constants {
  return { CHUNK_ROWS: chunks.rows, ACCUMULATE: accumulate };
}

/** The uniform of layernorm-backward.wgsl; all counts in values, multiples of 4. */
export function layernormBackwardUniform(
  s: Parameters<typeof layernormUniform>[0] & {
    /** Values of a chunk's partial sums: those of one modulation row. */
    partialStride: number;
  },
): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(...layernormUniform(s), s.partialStride / 4);
}

/** Workgroups: one a chunk. */
export function chunkWorkgroups({ perSample, count }: Chunks): [number, number] {
  return [perSample, count / perSample];
}
