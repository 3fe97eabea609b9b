/**
 * One update of self-distillation through time (SDTT, arXiv 2410.21035, algorithm 1) on the GPU: the teacher's sub-steps, the
 * targets that they leave behind, the student's one pass over what the teacher began with.
 */
import type { Arena } from '../../gpu/buffers.ts';
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer, submit } from '../../gpu/recorder.ts';
import { type Divergence } from '../../gpu/kernels/loss/loss.ts';
import type { BatchShape } from '../network/forward.ts';
import { recordForward, type PassBuffers } from '../network/training/forward.ts';
import { TargetHead } from '../network/training/head.ts';
import { Averaged } from './averaged.ts';
import type { TrainedParameters } from './parameters.ts';
import type { Stage } from './stages.ts';
import type { UpdatePlan } from './targets.ts';
import { Trainer, type Reader } from './trainer.ts';

/** Where the noise of the teacher's draws comes from. */
export interface DrawAddress {
  seed: number;
  /** Running index of the batch's first text over the whole training. */
  firstSample: number;
}

/** Teacher and student on the GPU. */
export class Sdtt {
  /** Whether the teacher's modulation is on the GPU already. */
  #modulated = false;

  private constructor(
    readonly trainer: Trainer,
    readonly teacher: Reader,
    /** The moving average of the student. */
    readonly averaged: Averaged,
    private readonly targetHead: TargetHead,
    private readonly rows: GPUBuffer,
    /** Log-probabilities of the teacher, by slots, [rows, stride]. */
    readonly targets: GPUBuffer,
  ) {}

  /**
   * @param m sub-steps of the teacher
   * @throws as Trainer.create
   */
  static async create(
    gpu: Gpu,
    arena: Arena,
    trained: TrainedParameters,
    shape: BatchShape,
    o: { loss: Divergence; m: number },
  ): Promise<Sdtt> {
    const { layout } = trained;
    const trainer = await Trainer.create(gpu, arena, trained, shape, o.loss);
    const { context, inputs } = trainer;
    if (inputs.loss === 'cross-entropy') throw new Error('SDTT fits targets, not labels');
    const { targets } = inputs;
    const on = context.activations;
    const rows = arena.storage('rows', 4 * on.rows);
    const buffers: PassBuffers = {
      parameters: await layout.allocate(gpu, arena, 'teacher'),
      modulation: arena.storage("the teacher's modulation", on.modulation.size),
      tokens: arena.storage("the teacher's tokens", 4 * on.rows),
    };
    const [pass, averaged, targetHead] = await Promise.all([
      recordForward(context, buffers),
      Averaged.create(trainer),
      TargetHead.create(context, buffers, targets, rows, o.m),
    ]);
    return new Sdtt(trainer, { buffers, pass }, averaged, targetHead, rows, targets);
  }

  private get gpu(): Gpu {
    return this.trainer.gpu;
  }

  /** The pass of the teacher, whose modulation is the same for a whole round where it does not depend on time. */
  #teach(times: ArrayLike<number>): Stage[] {
    const modulated = this.#modulated;
    this.#modulated = !this.trainer.context.layout.config.timeConditioning;
    return this.trainer.forward(this.teacher, times, modulated);
  }

  /** The parameters of the teacher, from now on. */
  writeTeacher(values: Float32Array<ArrayBuffer>): void {
    this.#modulated = false;
    this.gpu.write(this.teacher.buffers.parameters, 0, values);
  }

  /** The student as it is becomes the teacher: its raw parameters, as released. */
  promote(): void {
    this.#modulated = false;
    const { layout, buffers } = this.trainer.trained;
    const to = this.teacher.buffers.parameters;
    submit(this.gpu, [], [{ from: buffers.parameters, to, bytes: layout.bytes }]);
  }

  /** Write the plan of a batch: the same x_t for teacher and student. */
  write(plan: UpdatePlan): void {
    this.trainer.write(plan);
    this.gpu.write(this.teacher.buffers.tokens, 0, new Uint32Array(plan.tokens));
    this.gpu.write(this.rows, 0, new Uint32Array(plan.rows));
  }

  /** The teacher's sub-steps, each with the targets of the rows that unmask in it. */
  subSteps(plan: UpdatePlan, { seed, firstSample }: DrawAddress): Stage[][] {
    let first = 0;
    const steps = plan.counts.map((count, draw) => {
      const step = { first, count, seed, firstSample, draw };
      first += count;
      return step;
    });
    return this.targetHead
      .prepare(steps)
      .map((launches, k) => [...this.#teach(plan.times.map((steps) => steps[k].t)), { pieces: [launches] }]);
  }

  /** The student's pass and its gradients. @param scale factor of the sum of the losses */
  student(plan: UpdatePlan, scale: number): Stage[] {
    return this.trainer.gradients(plan.t, plan.rows.length, scale);
  }

  /**
   * Logits of a reader over the rows of a plan, raw, [rows, V] with the head's stride; for what is looked at.
   * @param head of the reader
   */
  async logits(plan: UpdatePlan, of: 'student' | 'average'): Promise<Float32Array> {
    const { headBuffers, student, head } = this.trainer;
    const { reader, head: readerHead } = of === 'student' ? { reader: student, head } : this.averaged;
    await this.trainer.runner.run(this.trainer.forward(reader, plan.t));
    const values = new Float32Array(plan.rows.length * headBuffers.stride);
    for (const { slots, logits } of readerHead.prepare(plan.rows.length, 0)) {
      submit(this.gpu, [logits]);
      const bytes = 4 * slots.count * headBuffers.stride;
      const part = new Float32Array(await readBuffer(this.gpu, headBuffers.logits, bytes));
      values.set(part, slots.first * headBuffers.stride);
    }
    return values;
  }

  /** What the teacher says of the rows of a plan in a single pass over x_t: log-probabilities, [rows, stride]. */
  async teacherLogProbs(plan: UpdatePlan): Promise<Float32Array> {
    const count = plan.rows.length;
    const [launches] = this.targetHead.prepare([{ first: 0, count, seed: 0, firstSample: 0, draw: 0 }]);
    await this.trainer.runner.run([...this.#teach(plan.t), { pieces: [launches] }]);
    const bytes = Math.max(4, 4 * count * this.trainer.headBuffers.stride);
    return new Float32Array(await readBuffer(this.gpu, this.targets, bytes));
  }
}
