/**
 * Rounds of self-distillation through time: where a distillation stands, and its next update. Everything random has an address,
 * so a distillation goes on from its arrays and counters to the very bits that it would have had.
 */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import type { ParameterLayout } from '../network/parameters.ts';
import type { UpdateBatch } from './corruption.ts';
import type { TextData } from './data.ts';
import { boundsOf } from './floor.ts';
import { follow } from './follow.ts';
import { HeldOut, type DrawHooks, type HeldOutResult, type HeldOutSize } from './held-out.ts';
import { Optimisation, type Outcome, type PendingUpdate } from './optimisation.ts';
import type { ResolvedDistillOptions } from './options.ts';
import { TrainedParameters, type TrainedValues } from './parameters.ts';
import type { FloorReport, PhaseReport, UpdateReport, ValidationReport } from './report.ts';
import { roundsOf, type Round } from './rounds.ts';
import { Sdtt } from './sdtt.ts';
import type { Stage } from './stages.ts';
import { updatePlan, type SubStepOptions, type UpdatePlan } from './targets.ts';

/** Where a distillation stands, between two updates. */
export interface DistillCounters {
  /** The round that is on, from 1. */
  round: number;
  /** Updates done in it. */
  inRound: number;
  /** Updates done in all. */
  updates: number;
  /** Updates since the moments of the optimiser were 0. */
  optimizerSteps: number;
}

/** Everything that a distillation goes on from. */
export interface DistillSnapshot {
  counters: DistillCounters;
  values: TrainedValues & { teacher: Float32Array<ArrayBuffer> };
}

const START: DistillCounters = { round: 1, inRound: 0, updates: 0, optimizerSteps: 0 };

/** A distillation on the GPU. */
export class Distillation {
  readonly rounds: readonly Round[];
  readonly #optimisation: Optimisation;
  #counters: DistillCounters;
  #heldOut: HeldOut | undefined;

  private constructor(
    private readonly gpu: Gpu,
    readonly options: ResolvedDistillOptions,
    private readonly data: TextData,
    readonly sdtt: Sdtt,
    private readonly arena: Arena,
    counters: DistillCounters,
  ) {
    this.rounds = roundsOf(options);
    this.#counters = { ...counters };
    this.#optimisation = new Optimisation(sdtt.trainer, options);
  }

  /**
   * Begin, or go on.
   * @param from the teacher's parameters, in the layout; or what a distillation was left with
   * @throws UnmaskError 'config', 'limit'
   * @throws GpuOutOfMemory
   */
  static async create(
    gpu: Gpu,
    layout: ParameterLayout,
    options: ResolvedDistillOptions,
    data: TextData,
    from: Float32Array<ArrayBuffer> | DistillSnapshot,
  ): Promise<Distillation> {
    const arena = gpu.memory.arena('distillation');
    try {
      const begins = from instanceof Float32Array;
      const values = begins ? { parameters: from } : from.values;
      const trained = await TrainedParameters.create(gpu, arena, layout, values);
      const { batch, length, loss, m } = options;
      const sdtt = await Sdtt.create(gpu, arena, trained, { batch, length }, { loss, m });
      sdtt.writeTeacher(begins ? from : from.values.teacher);
      return new Distillation(gpu, options, data, sdtt, arena, begins ? START : from.counters);
    } catch (error) {
      arena.destroy();
      throw error;
    }
  }

  get counters(): Readonly<DistillCounters> {
    return this.#counters;
  }

  /** The round that is on. */
  get round(): Round {
    return this.rounds[this.#counters.round - 1];
  }

  /** Whether the round that is on has had all its updates. */
  get roundDone(): boolean {
    return this.#counters.inRound >= this.options.updatesPerRound;
  }

  /** Whether there is nothing left to do. */
  get finished(): boolean {
    return this.roundDone && this.#counters.round >= this.rounds.length;
  }

  /** Begin the next round: the student becomes the teacher, and a step m times as long. */
  nextRound(): void {
    if (!this.roundDone || this.finished)
      throw new Error('the round is not over, or there is none behind it');
    this.sdtt.promote();
    this.#heldOut = undefined;
    this.#counters.round += 1;
    this.#counters.inRound = 0;
    if (this.options.resetOptimizer) {
      this.sdtt.trainer.trained.reset();
      this.#counters.optimizerSteps = 0;
    }
  }

  /** The sub-steps of the round that is on. */
  get steps(): SubStepOptions {
    const { m, times } = this.options;
    const { samplingEps } = this.sdtt.trainer.context.layout.config;
    return { dt: this.round.dt, m, times, eps: samplingEps };
  }

  /** Texts and plan of a micro-batch of the update that comes. */
  #plan(microBatch: number): { plan: UpdatePlan; batch: UpdateBatch } {
    const { batch: count, accumulate, seed, length } = this.options;
    const firstSample = (this.#counters.updates * accumulate + microBatch) * count;
    const maskId = this.sdtt.trainer.context.layout.config.vocabulary - 1;
    const batch = { tokens: this.data.batch(firstSample, count), length, maskId, seed, firstSample };
    return { plan: updatePlan(batch, this.steps), batch };
  }

  /** Submit an update; the next one may be submitted before it is done. */
  async update(): Promise<PendingUpdate> {
    const { plans, masked, scale } = this.#plans();
    const update = await this.#optimisation.begin();
    for (const { plan, batch } of plans)
      await update.add(() => this.#stages(plan, batch, scale), plan.rows.length);
    const { done } = await update.finish(this.#count());
    return { done: this.#report(done, masked) };
  }

  /**
   * One update, phase by phase, of which one text of the batch is told.
   * @returns what `update` promises
   */
  async *phases(): AsyncGenerator<PhaseReport, UpdateReport> {
    await this.sdtt.trainer.runner.drain();
    const { plans, masked, scale } = this.#plans();
    const update = await this.#optimisation.begin();
    const [{ plan, batch }, ...others] = plans;
    this.sdtt.write(plan);
    yield* follow(this.sdtt, plan, batch, this.options.loss);
    await update.add(() => this.sdtt.student(plan, scale), plan.rows.length);
    for (const other of others)
      await update.add(() => this.#stages(other.plan, other.batch, scale), other.plan.rows.length);
    const { done } = await update.finish(this.#count());
    const report = await this.#report(done, masked);
    const { learningRate, clip } = this.options;
    yield {
      phase: 'update',
      gradientNorm: report.gradientNorm,
      clipped: report.gradientNorm > clip,
      learningRate,
    };
    return report;
  }

  /** Everything that the update that comes is made of. */
  #plans(): { plans: { plan: UpdatePlan; batch: UpdateBatch }[]; masked: number; scale: number } {
    const plans = Array.from({ length: this.options.accumulate }, (_, i) => this.#plan(i));
    const masked = plans.reduce((sum, { plan }) => sum + plan.rows.length, 0);
    return { plans, masked, scale: 1 / Math.max(1, masked) };
  }

  /** Write a plan. @returns the stages from it to the gradients */
  #stages(plan: UpdatePlan, batch: UpdateBatch, scale: number): Stage[] {
    this.sdtt.write(plan);
    return [...this.sdtt.subSteps(plan, batch).flat(), ...this.sdtt.student(plan, scale)];
  }

  /** One more update. @returns the step of the optimiser */
  #count(): number {
    const counters = this.#counters;
    counters.updates += 1;
    counters.inRound += 1;
    return (counters.optimizerSteps += 1);
  }

  async #report(done: Promise<Outcome>, masked: number): Promise<UpdateReport> {
    const { round, updates } = this.#counters;
    const { losses, ...rest } = await done;
    return { update: updates, round, loss: masked === 0 ? 0 : losses / masked, masked, ...rest };
  }

  /** Updates are timed from here on: whatever was done before is not theirs. */
  startClock(): void {
    this.#optimisation.startClock();
  }

  /** How the student's moving average does on the held-out texts. @param size where the round's are not drawn yet */
  async validate(size: HeldOutSize, hooks?: DrawHooks): Promise<ValidationReport> {
    const { updates, round } = this.#counters;
    const { loss } = await this.#evaluate(this.#heldOut?.size ?? size, hooks);
    return { update: updates, round, loss };
  }

  /** The least loss that a student can have on the held-out texts; undefined for losses that have no floor. */
  async floor(size: HeldOutSize, hooks?: DrawHooks): Promise<FloorReport | undefined> {
    if (this.options.loss !== 'kl-bwd') return undefined;
    const { floor = boundsOf(0, 0), untrained = 0, draws } = await this.#evaluate(size, hooks);
    return { round: this.#counters.round, ...floor, draws, untrained };
  }

  async #evaluate(size: HeldOutSize, hooks?: DrawHooks): Promise<HeldOutResult> {
    await this.sdtt.trainer.runner.drain();
    const known = this.#heldOut?.size;
    if (known?.draws !== size.draws || known.batches !== size.batches) this.#heldOut = undefined;
    this.#heldOut ??= await HeldOut.draw(this.sdtt, this.data, this.options, this.steps, size, hooks);
    return await this.#heldOut.evaluate(this.options.loss);
  }

  /** Everything that a distillation goes on from, read back; all updates must be done. */
  async snapshot(): Promise<DistillSnapshot> {
    await this.sdtt.trainer.runner.drain();
    const { trained } = this.sdtt.trainer;
    const values = await trained.read();
    const teacher = await trained.layout.readBack(this.gpu, this.sdtt.teacher.buffers.parameters);
    return { counters: { ...this.#counters }, values: { ...values, teacher } };
  }

  /** The student as it is kept: the moving average of its parameters. */
  async student(): Promise<Float32Array<ArrayBuffer>> {
    await this.sdtt.trainer.runner.drain();
    const { layout, buffers } = this.sdtt.trainer.trained;
    return await layout.readBack(this.gpu, buffers.average);
  }

  destroy(): void {
    this.arena.destroy();
  }
}
