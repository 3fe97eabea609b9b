/** Small networks of random parameters, for tests that need no file. */
import { normals } from '../../gpu/checks/numbers.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { ParameterLayout } from './parameters.ts';

/**
 * A configuration of one block of two heads, unless told otherwise; the heads have the size of those of the golden network, so
 * that both take the same kernels.
 */
export function tinyConfig(changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    ...{ name: 'tiny', kind: 'diffusion', hidden: 64, heads: 2, blocks: 1, condDim: 16, length: 16 },
    ...{ vocabulary: 33, timeConditioning: false, samplingEps: 1e-3 },
    ...changes,
  };
}

/**
 * Parameters by which signals keep about their size from layer to layer, so that no gradient is small beside the others.
 * Modulation is large enough for shift, scale and gate to matter.
 * @returns in the layout; what lies between tensors is 0
 */
export function randomParameters(layout: ParameterLayout, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(layout.size);
  let stream = 1000 * seed;
  for (const [name, { offset, length }] of layout.places) {
    const shape = layout.shapes.get(name)!;
    const norm = name.includes('norm');
    const scale = shape.length === 2 && name !== 'vocab_embed.embedding' ? 1 / Math.sqrt(shape[1]) : 0.3;
    values.set(normals(stream++, length, scale, norm ? 1 : 0), offset);
  }
  return values;
}

/** Layout and parameters of a tiny network. */
export function tinyNetwork(
  changes: Partial<ModelConfig> = {},
  seed = 1,
): { layout: ParameterLayout; parameters: Float32Array<ArrayBuffer> } {
  const layout = new ParameterLayout(tinyConfig(changes));
  return { layout, parameters: randomParameters(layout, seed) };
}
