import { defineKernel, type BindingKind } from '../../kernel.ts';
import layernormWgsl from './layernorm-modulate.wgsl?raw';
import rowsAllWgsl from './rows-all.wgsl?raw';
import rowsChosenWgsl from './rows-chosen.wgsl?raw';

const BINDINGS: Record<'shape' | 'x' | 'weight' | 'modulation' | 'y', BindingKind> = {
  shape: 'uniform',
  x: 'read',
  weight: 'read',
  modulation: 'read',
  y: 'read-write',
};

/** Layer norm with the modulation of each row's sample; one workgroup a row. */
export const LAYERNORM_MODULATE = defineKernel('layernorm-modulate', [rowsAllWgsl, layernormWgsl], BINDINGS);

/** The same for chosen rows: row r goes to y[slots[r]], unless slots[r] is NOT_CHOSEN. */
export const LAYERNORM_GATHER = defineKernel('layernorm-gather', [rowsChosenWgsl, layernormWgsl], {
  ...BINDINGS,
  slots: 'read',
});

/** The slot of a row that is not among the chosen. */
export const NOT_CHOSEN = 0xffff_ffff;

/** The uniform of layernorm-modulate.wgsl; all counts in values, multiples of 4. */
export function layernormUniform(s: {
  inner: number;
  /** Rows of one sample. */
  length: number;
  /** Values from one sample's modulation to the next; 0 where all share one. */
  stride: number;
  shift: number;
  scale: number;
}): Uint32Array<ArrayBuffer> {
  return Uint32Array.of(s.inner / 4, s.length, s.stride / 4, s.shift / 4, s.scale / 4);
}
