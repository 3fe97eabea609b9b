/** Puts a graph together node by node: values are called by what made them. */
import { Float16Array } from '@petamoriken/float16';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { Dtype } from '../checkpoint/safetensors.ts';
import { DataType, type Attribute, type Initializer, type Model, type Node, type Value } from './proto.ts';

/** Numbers that the graph computes with. */
export type Precision = 'f32' | 'f16';

/** What external data calls the file of the checkpoint. Tensors of a checkpoint without one are files of their own names. */
const WEIGHTS_FILE = 'model.safetensors';

/**
 * The files that the graph of a checkpoint refers to. What is in a file stays there: a `Blob` is not read here.
 * @throws UnmaskError as `TensorSource.read`
 */
export async function weightFiles(
  { tensors, weights }: Checkpoint,
  model: Model,
): Promise<{ path: string; data: Blob | Uint8Array<ArrayBuffer> }[]> {
  if (weights) return [{ path: WEIGHTS_FILE, data: weights }];
  const names = model.initializers.flatMap(({ data, name }) => ('location' in data ? [name] : []));
  return Promise.all(names.map(async (path) => ({ path, data: await tensors.read(path) })));
}

const STORED: Record<Dtype, DataType> = {
  F32: DataType.FLOAT,
  F16: DataType.FLOAT16,
  BF16: DataType.BFLOAT16,
};

/** Operators of onnxruntime beside those of ONNX (docs/ContribOperators.md of microsoft/onnxruntime). */
const CONTRIBUTED = new Set(['FastGelu', 'MultiHeadAttention', 'RotaryEmbedding', 'SkipLayerNormalization']);

/** A graph under construction. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, Initializer>();
  readonly #cast = new Map<string, string>();
  /** What the graph computes with. */
  readonly type: DataType;

  constructor(
    private readonly checkpoint: Checkpoint,
    readonly precision: Precision,
  ) {
    this.type = precision === 'f16' ? DataType.FLOAT16 : DataType.FLOAT;
  }

  /**
   * Add an operation.
   * @param name of the operation and of its first output
   * @param inputs '' where an optional one is left out
   * @param outputs further outputs, '' for those not wanted
   * @returns the first output
   */
  node(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs: readonly string[] = [],
  ): string {
    const domain = CONTRIBUTED.has(op) ? 'com.microsoft' : '';
    this.#nodes.push({ name, op, domain, inputs, outputs: [name, ...outputs], attributes });
    return name;
  }

  /**
   * A tensor of the checkpoint, in its file, as what the graph computes with (or as f32). A conversion is a node: sessions
   * do it once, when they are made.
   * @throws UnmaskError as `TensorSource.info`
   */
  weight(name: string, type: DataType = this.type): string {
    const { tensors, weights } = this.checkpoint;
    const { dtype, shape, begin, end } = tensors.info(name);
    const place = weights ? { location: WEIGHTS_FILE, offset: begin } : { location: name, offset: 0 };
    const data = { ...place, length: end - begin };
    this.#initializers.set(name, { name, type: STORED[dtype], dims: shape, data });
    return this.cast(name, STORED[dtype], type);
  }

  /** A value as another type: itself where it has that already. */
  cast(value: string, from: DataType, to: DataType): string {
    if (from === to) return value;
    const name = `${value}.as_${to === DataType.FLOAT ? 'f32' : 'f16'}`;
    if (!this.#cast.has(name)) this.#cast.set(name, this.node('Cast', name, [value], { to }));
    return name;
  }

  /** Real numbers computed here, rounded to what the graph computes with (or kept as f32). */
  reals(
    name: string,
    dims: readonly number[],
    values: ArrayLike<number>,
    type: DataType = this.type,
  ): string {
    const half = type === DataType.FLOAT16;
    const { buffer } = half ? Float16Array.from(values) : Float32Array.from(values);
    this.#initializers.set(name, { name, type, dims, data: new Uint8Array(buffer) });
    return name;
  }

  /** Whole numbers, as INT64. */
  integers(name: string, values: readonly number[]): string {
    const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.set(name, { name, type: DataType.INT64, dims: [values.length], data });
    return name;
  }

  build(about: { name: string; description: string; inputs: Value[]; outputs: Value[] }): Model {
    return { ...about, nodes: this.#nodes, initializers: [...this.#initializers.values()] };
  }
}
