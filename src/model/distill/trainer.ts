/** A network with everything that the gradients of a loss take; one micro-batch at a time. */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { Divergence } from '../../gpu/kernels/loss/loss.ts';
import type { BatchShape } from '../network/forward.ts';
import type { ParameterLayout } from '../network/parameters.ts';
import { UnmaskError } from '../errors.ts';
import { sigma } from '../diffusion/schedule.ts';
import { trainerWords } from '../messages/trainer.ts';
import { Activations } from '../network/training/activations.ts';
import { recordBackward, type BackwardPass } from '../network/training/backward.ts';
import {
  recordForward,
  type ForwardPass,
  type PassBuffers,
  type TrainingContext,
} from '../network/training/forward.ts';
import { HeadBuffers, LossHead, type LossInputs } from '../network/training/head.ts';
import { Products } from '../network/training/products.ts';
import type { RowList } from './corruption.ts';
import type { TrainedParameters } from './parameters.ts';
import { StageRunner, type Stage } from './stages.ts';

/** 'mdlm' and 'causal' are of labels; the others of a teacher. */
export type Loss = Divergence | 'mdlm' | 'causal';

/** Hidden sizes that can be trained are multiples of this: tensors are bound at multiples of 256 bytes. */
const HIDDEN_MULTIPLE = 64;

/**
 * Whether a network can be trained.
 * @throws UnmaskError 'config' naming what stands in the way
 */
export function checkTrainable({ config }: ParameterLayout): void {
  const { name, hidden, heads, condDim } = config;
  const headSize = hidden / heads;
  if (hidden % HIDDEN_MULTIPLE !== 0 || headSize % 8 !== 0 || condDim % 4 !== 0) {
    const message = trainerWords.untrainable(name, hidden, HIDDEN_MULTIPLE, headSize, condDim);
    throw new UnmaskError('config', message);
  }
}

/** A network that reads some tokens with some parameters. */
export interface Reader {
  readonly buffers: PassBuffers;
  readonly pass: ForwardPass;
}

/** A network in training, for batches of one shape. */
export class Trainer {
  /** Takes everything that is done with this network to the GPU: one alone knows what is on its way, and how long it takes. */
  readonly runner: StageRunner;

  private constructor(
    readonly gpu: Gpu,
    readonly arena: Arena,
    readonly context: TrainingContext,
    readonly trained: TrainedParameters,
    readonly student: Reader,
    readonly backward: BackwardPass,
    readonly headBuffers: HeadBuffers,
    readonly head: LossHead,
    readonly inputs: LossInputs,
  ) {
    this.runner = new StageRunner(gpu);
  }

  /**
   * @param memory bytes of logits that are in memory at once
   * @throws UnmaskError 'config', 'limit'
   * @throws GpuOutOfMemory
   */
  static async create(
    gpu: Gpu,
    arena: Arena,
    trained: TrainedParameters,
    shape: BatchShape,
    loss: Loss,
    memory?: number,
  ): Promise<Trainer> {
    const { layout } = trained;
    checkTrainable(layout);
    const activations = new Activations(gpu, arena, layout.config, shape);
    const context: TrainingContext = { gpu, layout, activations, products: new Products(gpu, arena) };
    const headBuffers = new HeadBuffers(context, memory);
    const { rows } = activations;
    const inputs: LossInputs =
      loss === 'mdlm' || loss === 'causal'
        ? {
            loss: 'cross-entropy',
            labels: arena.storage('labels', 4 * rows),
            weights: arena.storage('weights', 4 * rows),
          }
        : { loss, targets: arena.storage('targets', 4 * rows * headBuffers.stride) };
    const { modulation, tokens } = activations;
    const buffers: PassBuffers = { parameters: trained.buffers.parameters, modulation, tokens };
    const [pass, backward] = await Promise.all([
      recordForward(context, buffers),
      recordBackward(context, buffers, trained.gradients),
    ]);
    const head = await LossHead.create(
      context,
      headBuffers,
      buffers,
      trained.gradients,
      backward.dFeatures,
      inputs,
    );
    return new Trainer(gpu, arena, context, trained, { buffers, pass }, backward, headBuffers, head, inputs);
  }

  /** Write the tokens that the student reads, and the rows that count. */
  write({ tokens, slots }: Pick<RowList, 'slots'> & { tokens: Uint32Array }): void {
    const { activations } = this.context;
    this.gpu.write(activations.tokens, 0, new Uint32Array(tokens));
    this.gpu.write(activations.slots, 0, new Uint32Array(slots));
  }

  /** Write what the cross-entropy of each row is of. */
  writeLabels({ labels, weights }: { labels: Uint32Array; weights: Float64Array }): void {
    if (this.inputs.loss !== 'cross-entropy') throw new Error('this trainer has a teacher, no labels');
    this.gpu.write(this.inputs.labels, 0, new Uint32Array(labels));
    this.gpu.write(this.inputs.weights, 0, Float32Array.from(weights));
  }

  /**
   * The pass of a reader at some times, one for each text; read by networks with time conditioning alone.
   * @param modulated its modulation is there: neither its parameters nor the times have changed since
   */
  forward({ pass }: Reader, times: ArrayLike<number>, modulated = false): Stage[] {
    if (modulated) return [{ pieces: pass.pieces }];
    const timed = this.context.layout.config.timeConditioning;
    const write = (): void => {
      this.context.activations.writeSigmas(this.gpu, Float64Array.from(times, sigma));
    };
    return [{ pieces: [pass.modulate], ...(timed ? { write } : {}) }, { pieces: pass.pieces }];
  }

  /**
   * From the tokens that were written to the gradients, which are added up.
   * @param count rows that count
   * @param scale factor of the sum of their losses
   */
  gradients(times: ArrayLike<number>, count: number, scale: number): Stage[] {
    const chunks = this.head.prepare(count, scale);
    return [
      ...this.forward(this.student, times),
      ...chunks.map(({ logits, rest }) => ({ pieces: [[logits, ...rest]] })),
      { pieces: this.backward.pieces },
    ];
  }
}
