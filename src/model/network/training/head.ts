/**
 * The head for training: logits, loss and their gradients for the rows that count alone, some rows at a time, so that what is
 * as wide as the vocabulary stays small.
 */
import {
  CHUNK_BYTES,
  CHUNK_STRIDE,
  chunkUniforms,
  CROSS_ENTROPY,
  DISTILL_LOSS,
  distillConstants,
  type Divergence,
} from '../../../gpu/kernels/loss/loss.ts';
import type { Launch } from '../../../gpu/kernel.ts';
import { MATMUL_SHAPE_STRIDE, matmulUniforms, type MatmulShape } from '../../../gpu/kernels/matmul/matmul.ts';
import { TARGET, TARGET_BYTES, TARGET_STRIDE, targetUniforms } from '../../../gpu/kernels/target/target.ts';
import type { PassBuffers, TrainingContext } from './forward.ts';
import type { BoundProduct } from './products.ts';

/** Bytes of logits that are in memory at once, about; never less than 32 rows. */
export const CHUNK_MEMORY = 32 * 2 ** 20;

/** Values from one row of logits to the next. */
export function logitStride(vocabulary: number): number {
  return Math.ceil(vocabulary / 4) * 4;
}

/** Rows of a chunk: by the shapes alone, since the order of summation depends on it. */
export function chunkRows(rows: number, vocabulary: number, memory = CHUNK_MEMORY): number {
  const fit = Math.floor(memory / (4 * logitStride(vocabulary)));
  return Math.min(rows, Math.max(32, Math.floor(fit / 32) * 32));
}

/** The rows [first, first + count) of the chosen ones. */
export interface Slots {
  first: number;
  count: number;
}

/** Cut chosen rows into chunks. */
export function chunksOfRows({ first, count }: Slots, size: number): Slots[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    first: first + i * size,
    count: Math.min(size, count - i * size),
  }));
}

/** Buffers that are as long as there are rows, or as wide as the vocabulary. */
export class HeadBuffers {
  readonly stride: number;
  readonly chunk: number;
  /** Logits of a chunk, then their gradients, [chunk, stride]. */
  readonly logits: GPUBuffer;
  /** Loss of each chosen row, [rows]. */
  readonly losses: GPUBuffer;

  constructor({ layout, activations }: TrainingContext, memory = CHUNK_MEMORY) {
    const { vocabulary } = layout.config;
    this.stride = logitStride(vocabulary);
    this.chunk = chunkRows(activations.rows, vocabulary, memory);
    this.logits = activations.arena.storage('logits', 4 * this.chunk * this.stride);
    this.losses = activations.arena.storage('losses', 4 * activations.rows);
  }
}

/** What the loss of a row is of. */
export type LossInputs =
  | { loss: Divergence; /** Log-probabilities of the teacher, [rows, stride]. */ targets: GPUBuffer }
  | {
      loss: 'cross-entropy';
      /** Token and factor of each chosen row, [rows]. */ labels: GPUBuffer;
      weights: GPUBuffer;
    };

/** Three products of a chunk, in the order in which their shapes are written. */
const PRODUCTS = 3;

/** The student's head: features of the chosen rows -> losses, gradients of the head, gradients of the features. */
export class LossHead {
  #shapes: GPUBuffer;
  #chunks: GPUBuffer;

  private constructor(
    private readonly context: TrainingContext,
    readonly buffers: HeadBuffers,
    private readonly kernels: {
      forward: BoundProduct;
      loss: (count: number, offset: number) => Launch;
      weights: BoundProduct;
      features: BoundProduct;
    },
    uniforms: { shapes: GPUBuffer; chunks: GPUBuffer },
  ) {
    this.#shapes = uniforms.shapes;
    this.#chunks = uniforms.chunks;
  }

  /** @param dFeatures where the gradients of the features go, [rows, d] */
  static async create(
    context: TrainingContext,
    buffers: HeadBuffers,
    { parameters }: PassBuffers,
    gradients: GPUBuffer,
    dFeatures: GPUBuffer,
    inputs: LossInputs,
  ): Promise<LossHead> {
    const { gpu, layout, activations, products } = context;
    const { arena, features } = activations;
    const { hidden: d, vocabulary } = layout.config;
    const most = Math.ceil(activations.rows / buffers.chunk);
    const shapes = arena.uniform('shapes', PRODUCTS * most * MATMUL_SHAPE_STRIDE);
    const chunks = arena.uniform('chunks', most * CHUNK_STRIDE);
    const name = 'output_layer.linear';
    const weight = layout.place(`${name}.weight`);
    const bias = layout.place(`${name}.bias`);
    const { chunk, logits, losses } = buffers;
    const task = { buffer: chunks, size: CHUNK_BYTES };

    const loss = async (): Promise<(count: number, offset: number) => Launch> => {
      if (inputs.loss === 'cross-entropy') {
        const { labels, weights } = inputs;
        const kernel = await gpu.kernels.compile(CROSS_ENTROPY);
        const launch = kernel.bind({ logits, labels, weights, loss: losses, chunk: task });
        return (count, offset) => launch([count], offset);
      }
      const kernel = await gpu.kernels.compile(DISTILL_LOSS, distillConstants(inputs.loss));
      const launch = kernel.bind({ logits, targets: inputs.targets, loss: losses, chunk: task });
      return (count, offset) => launch([count], offset);
    };
    const [forward, lossOf, weights, back] = await Promise.all([
      products.bind('nt', 'bias', { m: chunk, n: vocabulary, k: d }, shapes, {
        ...{
          a: features,
          b: layout.bind(parameters, weight),
          bias: layout.bind(parameters, bias),
          y: logits,
        },
      }),
      loss(),
      products.bind('tn', 'gradient-bias', { m: vocabulary, n: d, k: chunk }, shapes, {
        ...{ a: logits, b: features },
        ...{ y: layout.bind(gradients, weight), dbias: layout.bind(gradients, bias) },
      }),
      products.bind('nn', 'plain', { m: chunk, n: d, k: vocabulary }, shapes, {
        ...{ a: logits, b: layout.bind(parameters, weight), y: dFeatures },
      }),
    ]);
    const kernels = { forward, loss: lossOf, weights, features: back };
    return new LossHead(context, buffers, kernels, { shapes, chunks });
  }

  /**
   * Write what the launches of so many rows need.
   * @param scale factor of the gradients
   * @returns by chunks: the logits' launch, then those of the loss and of the gradients
   */
  prepare(count: number, scale: number): { slots: Slots; logits: Launch; rest: Launch[] }[] {
    const { gpu, layout } = this.context;
    const { hidden: d, vocabulary } = layout.config;
    const { stride, chunk } = this.buffers;
    const parts = chunksOfRows({ first: 0, count }, chunk);
    if (parts.length === 0) return [];
    const shapes = parts.flatMap(({ first, count: m }): MatmulShape[] => [
      { m, n: vocabulary, k: d, aStride: d, bStride: d, yStride: stride, firstA: first },
      { m: vocabulary, n: d, k: m, aStride: stride, bStride: d, yStride: d, firstB: first },
      { m, n: d, k: vocabulary, aStride: stride, bStride: d, yStride: d, firstY: first },
    ]);
    gpu.write(this.#shapes, 0, matmulUniforms(shapes));
    gpu.write(this.#chunks, 0, chunkUniforms(parts.map((part) => ({ ...part, vocabulary, stride, scale }))));
    const { forward, loss, weights, features } = this.kernels;
    return parts.map((slots, i) => {
      const at = (product: number): number => (PRODUCTS * i + product) * MATMUL_SHAPE_STRIDE;
      return {
        slots,
        logits: forward(slots.count, vocabulary, at(0)),
        rest: [
          loss(slots.count, i * CHUNK_STRIDE),
          weights(vocabulary, d, at(1)),
          features(slots.count, d, at(2)),
        ],
      };
    });
  }
}

/** What the teacher's head works on in a sub-step. */
export interface TargetStep extends Slots {
  seed: number;
  firstSample: number;
  draw: number;
}

/** The teacher's head: features of some of the chosen rows -> their targets, and, but for the last sub-step, their tokens. */
export class TargetHead {
  private constructor(
    private readonly context: TrainingContext,
    readonly stride: number,
    private readonly kernels: {
      logits: BoundProduct;
      target: (count: number, draw: boolean, offset: number) => Launch;
    },
    private readonly uniforms: { shapes: GPUBuffer; tasks: GPUBuffer },
  ) {}

  /**
   * @param rows of the chosen ones, [rows]
   * @param steps sub-steps of an update, m
   */
  static async create(
    context: TrainingContext,
    { parameters, tokens }: PassBuffers,
    targets: GPUBuffer,
    rows: GPUBuffer,
    steps: number,
  ): Promise<TargetHead> {
    const { gpu, layout, activations, products } = context;
    const { arena, features } = activations;
    const { hidden: d, vocabulary } = layout.config;
    const shapes = arena.uniform('shapes', steps * MATMUL_SHAPE_STRIDE);
    const tasks = arena.uniform('target tasks', steps * TARGET_STRIDE);
    const weight = layout.bind(parameters, layout.place('output_layer.linear.weight'));
    const bias = layout.bind(parameters, layout.place('output_layer.linear.bias'));
    const buffers = { logits: targets, rows, tokens, task: { buffer: tasks, size: TARGET_BYTES } };
    const [logits, last, drawing] = await Promise.all([
      products.bind('nt', 'bias', { m: activations.rows, n: vocabulary, k: d }, shapes, {
        ...{ a: features, b: weight, bias, y: targets },
      }),
      gpu.kernels.compile(TARGET, { DRAW: false }),
      gpu.kernels.compile(TARGET, { DRAW: true }),
    ]);
    const [plain, drawn] = [last.bind(buffers), drawing.bind(buffers)];
    const target = (count: number, draw: boolean, offset: number): Launch =>
      (draw ? drawn : plain)([count], offset);
    return new TargetHead(context, logitStride(vocabulary), { logits, target }, { shapes, tasks });
  }

  /** Write what the launches of all sub-steps need. @returns the launches of each sub-step */
  prepare(steps: readonly TargetStep[]): Launch[][] {
    const { gpu, layout, activations } = this.context;
    const { hidden: d, vocabulary } = layout.config;
    const { length } = activations.shape;
    const { stride } = this;
    const shapes = steps.map(({ first, count: m }): MatmulShape => ({
      ...{ m, n: vocabulary, k: d, aStride: d, bStride: d, yStride: stride, firstA: first, firstY: first },
    }));
    gpu.write(this.uniforms.shapes, 0, matmulUniforms(shapes));
    gpu.write(
      this.uniforms.tasks,
      0,
      targetUniforms(steps.map((step) => ({ ...step, vocabulary, stride, length }))),
    );
    return steps.map(({ count }, i) =>
      count === 0
        ? []
        : [
            this.kernels.logits(count, vocabulary, i * MATMUL_SHAPE_STRIDE),
            this.kernels.target(count, i < steps.length - 1, i * TARGET_STRIDE),
          ],
    );
  }
}
