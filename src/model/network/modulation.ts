/**
 * Conditioning on time: c = silu(W2 silu(W1 emb(sigma) + b1) + b2), and adaLN(c) = shift, scale and gate of every norm
 * (DiT, arXiv 2212.09748, section 3.2; `dit_orig` of the released code). Done on the CPU, in float64: it is a few
 * thousand multiplications, and cos of large arguments is exact here.
 */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { decodeFloats } from '../checkpoint/safetensors.ts';

/** A tensor of the checkpoint as floats. */
export async function readFloats(
  { tensors }: Pick<Checkpoint, 'tensors'>,
  name: string,
): Promise<Float32Array> {
  return decodeFloats(await tensors.read(name), tensors.info(name).dtype);
}

export const FREQUENCIES = 128;
export const PERIOD = 10_000;

/** Sinusoidal embedding of sigma: [cos | sin] of 128 frequencies from 1 down to 1 / 10000. */
export function embedSigma(sigma: number): Float64Array {
  const features = new Float64Array(2 * FREQUENCIES);
  for (let i = 0; i < FREQUENCIES; i++) {
    const angle = sigma * PERIOD ** (-i / FREQUENCIES);
    features[i] = Math.cos(angle);
    features[FREQUENCIES + i] = Math.sin(angle);
  }
  return features;
}

const silu = (x: number): number => x / (1 + Math.exp(-x));

/** y = W x + b; W [outputs, inputs] row-major. */
function linear(weight: Float32Array, bias: Float32Array, x: ArrayLike<number>): Float64Array {
  return Float64Array.from(bias, (b, row) => {
    let sum = b;
    for (let i = 0; i < x.length; i++) sum += weight[row * x.length + i] * x[i];
    return sum;
  });
}

/** sigma -> c, [cond_dim]. */
export type Conditioning = (sigma: number) => Float64Array;

/** Load the network of sigma. */
export async function loadConditioning(checkpoint: Checkpoint): Promise<Conditioning> {
  const [w1, b1, w2, b2] = await Promise.all(
    ['mlp.0.weight', 'mlp.0.bias', 'mlp.2.weight', 'mlp.2.bias'].map((name) =>
      readFloats(checkpoint, `sigma_map.${name}`),
    ),
  );
  return (sigma) => linear(w2, b2, linear(w1, b1, embedSigma(sigma)).map(silu)).map(silu);
}

/**
 * Where the modulation of a norm stands in the row [(6 blocks + 2) hidden] that holds those of the whole network: for each
 * block shift, scale, gate of attention and of the MLP, at the end shift and scale of the head.
 */
export class ModulationLayout {
  /** Values of one sample. */
  readonly size: number;
  constructor(private readonly config: Pick<ModelConfig, 'hidden' | 'blocks'>) {
    this.size = (6 * config.blocks + 2) * config.hidden;
  }

  /** Offsets of a block's parts, in values. */
  block(i: number): Record<'shift1' | 'scale1' | 'gate1' | 'shift2' | 'scale2' | 'gate2', number> {
    const at = (part: number): number => (6 * i + part) * this.config.hidden;
    return { shift1: at(0), scale1: at(1), gate1: at(2), shift2: at(3), scale2: at(4), gate2: at(5) };
  }

  /** Offsets of the head's parts. */
  head(): Record<'shift' | 'scale', number> {
    const at = 6 * this.config.blocks * this.config.hidden;
    return { shift: at, scale: at + this.config.hidden };
  }
}

/** Names of the adaLN layers, in the order of the layout. */
export function adaLayers(config: Pick<ModelConfig, 'blocks'>): string[] {
  return [
    ...Array.from({ length: config.blocks }, (_, i) => `blocks.${i}.adaLN_modulation`),
    'output_layer.adaLN_modulation',
  ];
}

/**
 * The modulation of a network without time conditioning: sigma is 0, so it is the same at every step.
 * @returns one row of the layout, [(6 blocks + 2) hidden]
 */
export async function constantModulation(checkpoint: Checkpoint): Promise<Float32Array<ArrayBuffer>> {
  const conditioning = await loadConditioning(checkpoint);
  const c = conditioning(0);
  const row = new Float32Array(new ModulationLayout(checkpoint.config).size);
  let at = 0;
  for (const layer of adaLayers(checkpoint.config)) {
    const [weight, bias] = await Promise.all([
      readFloats(checkpoint, `${layer}.weight`),
      readFloats(checkpoint, `${layer}.bias`),
    ]);
    const part = linear(weight, bias, c);
    row.set(part, at);
    at += part.length;
  }
  return row;
}
