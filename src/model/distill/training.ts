/**
 * Training on clean texts: masked diffusion (MDLM, arXiv 2406.07524), or the next token. Everything random has an address, so a
 * training goes on from its arrays and the number of its updates to the very bits that it would have had.
 */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { UnmaskError } from '../errors.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import type { ParameterLayout } from '../network/parameters.ts';
import { Averaged } from './averaged.ts';
import { causalPlan, mdlmPlan, type LabelPlan } from './corruption.ts';
import type { TextData } from './data.ts';
import { FIRST_HELD_OUT } from './held-out.ts';
import { Optimisation, type Outcome, type PendingUpdate } from './optimisation.ts';
import type { ResolvedTrainOptions } from './options.ts';
import { TrainedParameters, type TrainedValues } from './parameters.ts';
import type { UpdateReport, ValidationReport } from './report.ts';
import { Trainer } from './trainer.ts';

/** Everything that a training goes on from. */
export interface TrainingSnapshot {
  /** Updates done. */
  updates: number;
  values: TrainedValues;
}

/** A training has no rounds; its reports say 1. */
const ROUND = 1;

/** A training on the GPU. */
export class Training {
  readonly #optimisation: Optimisation;
  #updates: number;

  private constructor(
    private readonly gpu: Gpu,
    readonly options: ResolvedTrainOptions,
    private readonly data: TextData,
    private readonly trainer: Trainer,
    private readonly averaged: Averaged,
    private readonly arena: Arena,
    updates: number,
  ) {
    this.#updates = updates;
    this.#optimisation = new Optimisation(trainer, options);
  }

  /**
   * Begin, or go on.
   * @param from parameters, in the layout; or what a training was left with
   * @throws UnmaskError 'config', 'limit'
   * @throws GpuOutOfMemory
   */
  static async create(
    gpu: Gpu,
    layout: ParameterLayout,
    options: ResolvedTrainOptions,
    data: TextData,
    from: Float32Array<ArrayBuffer> | TrainingSnapshot,
  ): Promise<Training> {
    const arena = gpu.memory.arena('training');
    try {
      const begins = from instanceof Float32Array;
      const values = begins ? { parameters: from } : from.values;
      const trained = await TrainedParameters.create(gpu, arena, layout, values);
      const { batch, length, loss } = options;
      const trainer = await Trainer.create(gpu, arena, trained, { batch, length }, loss);
      const averaged = await Averaged.create(trainer);
      return new Training(gpu, options, data, trainer, averaged, arena, begins ? 0 : from.updates);
    } catch (error) {
      arena.destroy();
      throw error;
    }
  }

  /** Updates done, or on their way. */
  get updates(): number {
    return this.#updates;
  }

  get finished(): boolean {
    return this.#updates >= this.options.updates;
  }

  /** Some texts, partly masked or not. @param firstSample address of their random numbers */
  #plan(tokens: Uint32Array, firstSample: number): LabelPlan {
    const { loss, length, seed } = this.options;
    const { vocabulary, samplingEps } = this.trainer.context.layout.config;
    const batch = { tokens, length, maskId: vocabulary - 1, seed, firstSample };
    return loss === 'causal' ? causalPlan(batch) : mdlmPlan(batch, samplingEps);
  }

  #write(plan: LabelPlan): void {
    this.trainer.write(plan);
    this.trainer.writeLabels(plan);
  }

  /** Submit an update; the next one may be submitted before it is done. */
  async update(): Promise<PendingUpdate> {
    const { batch, accumulate, length } = this.options;
    const scale = 1 / (accumulate * batch * length);
    const update = await this.#optimisation.begin();
    let rows = 0;
    for (let i = 0; i < accumulate; i++) {
      const firstSample = (this.#updates * accumulate + i) * batch;
      const plan = this.#plan(this.data.batch(firstSample, batch), firstSample);
      const count = plan.rows.length;
      await update.add(() => {
        this.#write(plan);
        return this.trainer.gradients(plan.t, count, scale);
      }, count);
      rows += count;
    }
    this.#updates += 1;
    const { done } = await update.finish(this.#updates);
    return { done: this.#report(done, this.#updates, rows, scale) };
  }

  async #report(done: Promise<Outcome>, update: number, rows: number, scale: number): Promise<UpdateReport> {
    const { losses, ...rest } = await done;
    return { update, round: ROUND, loss: losses * scale, masked: rows, ...rest };
  }

  /** Updates are timed from here on. */
  startClock(): void {
    this.#optimisation.startClock();
  }

  /**
   * The loss of the moving average on texts that are held out, by the same masks whenever it is asked. With mdlm a text may
   * come several times, masked in other places, since the loss of one masking says little.
   * @param batches of texts, at most
   * @throws UnmaskError 'aborted'
   */
  async validate(batches: number, signal?: AbortSignal): Promise<ValidationReport> {
    await this.trainer.runner.drain();
    const { batch, length, loss } = this.options;
    const count = loss === 'causal' ? Math.min(batches, Math.ceil(this.data.heldOut / batch)) : batches;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      if (signal?.aborted) throw new UnmaskError('aborted', cancelledWords.training);
      const plan = this.#plan(this.data.heldOutBatch(i * batch, batch), FIRST_HELD_OUT + i * batch);
      this.#write(plan);
      const { t, rows } = plan;
      if (rows.length === 0) continue;
      await this.trainer.runner.run(this.averaged.losses(t, rows.length));
      const losses = await readBuffer(this.gpu, this.trainer.headBuffers.losses, 4 * rows.length);
      sum += new Float32Array(losses).reduce((total, value) => total + value, 0);
    }
    return { update: this.#updates, round: ROUND, loss: sum / (count * batch * length) };
  }

  /** Everything that a training goes on from, read back; all updates must be done. */
  async snapshot(): Promise<TrainingSnapshot> {
    await this.trainer.runner.drain();
    return { updates: this.#updates, values: await this.trainer.trained.read() };
  }

  /** The model as it is kept: the moving average of its parameters. */
  async average(): Promise<Float32Array<ArrayBuffer>> {
    await this.trainer.runner.drain();
    const { layout, buffers } = this.trainer.trained;
    return await layout.readBack(this.gpu, buffers.average);
  }

  destroy(): void {
    this.arena.destroy();
  }
}
