/**
 * All parameters of a network in one flat array of floats, as the file has them: row-major, nothing folded or packed. Training
 * keeps four more arrays of this layout beside it: gradients, the two moments of Adam, the moving average.
 */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { expectedTensors, type Checkpoint } from '../checkpoint/checkpoint.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { decodeFloats, type TensorSource } from '../checkpoint/safetensors.ts';
import { UnmaskError } from '../errors.ts';
import { parameterWords as words } from '../messages/parameters.ts';
import { adaLayers } from './modulation.ts';
import { largestBuffer } from './pieces.ts';

/** Where a tensor, or several side by side, lie; in floats. */
export interface Place {
  offset: number;
  length: number;
}

/** What an array of this layout holds. */
export type ParameterArray = keyof typeof words.arrays;

/** Tensors begin at multiples of this, the alignment of bindings: 64 floats are 256 bytes. */
const ALIGNMENT = 64;

const align = (floats: number): number => Math.ceil(floats / ALIGNMENT) * ALIGNMENT;

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Names of the norms' weights, in the order of the network. */
export function normNames({ blocks }: Pick<ModelConfig, 'blocks'>): string[] {
  return [
    ...Array.from({ length: blocks }, (_, i) => [
      `blocks.${i}.norm1.weight`,
      `blocks.${i}.norm2.weight`,
    ]).flat(),
    'output_layer.norm_final.weight',
  ];
}

/**
 * Which tensor lies where. The norms' weights lie side by side, and so do weights and biases of the adaLN layers: one kernel
 * then does what would be one for each.
 */
export class ParameterLayout {
  /** By canonical name; their shapes beside it. */
  readonly places = new Map<string, Place>();
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Floats of the whole array, a multiple of 64; those between tensors stay zero. */
  readonly size: number;
  /** [2 blocks + 1, hidden] */
  readonly norms: Place;
  /** [(6 blocks + 2) hidden, condDim] and [(6 blocks + 2) hidden]; absent in causal networks. */
  readonly adaLN: { weight: Place; bias: Place } | undefined;

  constructor(readonly config: ModelConfig) {
    this.shapes = expectedTensors(config);
    let end = 0;
    const together = (names: readonly string[]): Place => {
      const offset = align(end);
      end = offset;
      for (const name of names) {
        const length = size(this.shapes.get(name)!);
        this.places.set(name, { offset: end, length });
        end += length;
      }
      return { offset, length: end - offset };
    };
    const norms = normNames(config);
    const layers = config.kind === 'diffusion' ? adaLayers(config) : [];
    const weights = layers.map((layer) => `${layer}.weight`);
    const biases = layers.map((layer) => `${layer}.bias`);
    const grouped = new Set([...norms, ...weights, ...biases]);
    for (const name of this.shapes.keys()) if (!grouped.has(name)) together([name]);
    this.norms = together(norms);
    this.adaLN = layers.length === 0 ? undefined : { weight: together(weights), bias: together(biases) };
    this.size = align(end);
  }

  /** Bytes of one array. */
  get bytes(): number {
    return 4 * this.size;
  }

  /** The place of a tensor. */
  place(name: string): Place {
    const place = this.places.get(name);
    if (!place) throw new Error(`the network has no tensor ${name}`);
    return place;
  }

  /** A place of an array, to be bound; to the end of its alignment, where there are zeros, so that it is read by vec4. */
  bind(buffer: GPUBuffer, { offset, length }: Place): GPUBufferBinding {
    return { buffer, offset: 4 * offset, size: 4 * align(length) };
  }

  /**
   * Whether a device takes an array, which is not cut: to be asked before the parameters of a large model are read.
   * @throws UnmaskError 'limit' where it does not
   */
  checkDevice({ device }: Pick<Gpu, 'device'>, what: ParameterArray = 'parameters'): void {
    const most = largestBuffer(device.limits);
    if (this.bytes <= most) return;
    const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
    throw new UnmaskError('limit', words.tooLarge(words.arrays[what], mib(this.bytes), mib(most)));
  }

  /**
   * A new array on the GPU, zeros.
   * @throws UnmaskError 'limit' as `checkDevice`
   * @throws GpuOutOfMemory with the bytes
   */
  async allocate(gpu: Gpu, arena: Arena, what: ParameterArray): Promise<GPUBuffer> {
    this.checkDevice(gpu, what);
    return arena.checked(words.arrays[what], this.bytes, () => arena.storage(what, this.bytes));
  }

  /** The parameters of a checkpoint, as floats in this layout. */
  async read({ tensors }: Pick<Checkpoint, 'tensors'>): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(this.size);
    for (const [name, { offset }] of this.places) {
      values.set(decodeFloats(await tensors.read(name), tensors.info(name).dtype), offset);
    }
    return values;
  }

  /** The tensors of an array, by name. */
  tensors(values: Float32Array<ArrayBuffer>): Record<string, Float32Array<ArrayBuffer>> {
    return Object.fromEntries(
      [...this.places].map(([name, { offset, length }]) => [name, values.subarray(offset, offset + length)]),
    );
  }

  /** An array as the tensors of a file, F32, in the order of the network. */
  source(values: Float32Array<ArrayBuffer>): TensorSource {
    const names = [...this.shapes.keys()];
    const shapeOf = (name: string): number[] => [...this.shapes.get(name)!];
    return {
      names: () => names,
      has: (name) => this.places.has(name),
      info: (name) => {
        const { offset, length } = this.place(name);
        return { dtype: 'F32', shape: shapeOf(name), begin: 4 * offset, end: 4 * (offset + length) };
      },
      read: (name, rows) => {
        const { offset, length } = this.place(name);
        const [count] = shapeOf(name);
        const row = length / count;
        const { from, to } = rows ?? { from: 0, to: count };
        const part = values.slice(offset + from * row, offset + to * row);
        return Promise.resolve(new Uint8Array(part.buffer));
      },
    };
  }

  /** Read an array back from the GPU. */
  async readBack(gpu: Gpu, buffer: GPUBuffer): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await readBuffer(gpu, buffer, this.bytes));
  }
}
