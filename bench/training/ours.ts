/** Our own training as an engine of the benchmark: the launches of src/model/distill, on one batch. */
import { StagingRing } from '../../src/gpu/buffers.ts';
import type { Gpu } from '../../src/gpu/device.ts';
import { gradientNorm, NORM_PARTIALS } from '../../src/gpu/kernels/adamw/adamw.ts';
import { optimizerUniform } from '../../src/model/distill/optimizer.ts';
import { TrainedParameters } from '../../src/model/distill/parameters.ts';
import { Sdtt } from '../../src/model/distill/sdtt.ts';
import { StageRunner, type Stage } from '../../src/model/distill/stages.ts';
import { watchDevice, type DeviceWatch } from './device-counts.ts';
import type { TrainingEngine, UpdateNumbers } from './engine.ts';
import { SUB_STEPS, type TrainingProblem } from './problem.ts';

/** Parts of an update, in their order. */
export const PHASES = ['teacher', 'forward', 'backward', 'optimizer'] as const;
export type Phase = (typeof PHASES)[number];

/** What a part of an update took. */
export type PhaseCosts = Record<Phase, { milliseconds: number; dispatches: number }>;

/** Our training. */
export class OurTraining implements TrainingEngine {
  #steps = 0;

  private constructor(
    private readonly problem: TrainingProblem,
    readonly watch: DeviceWatch,
    private readonly sdtt: Sdtt,
    private readonly runner: StageRunner,
    private readonly ring: StagingRing,
  ) {}

  /** @throws UnmaskError 'config', 'limit', GpuOutOfMemory */
  static async open(gpu: Gpu, problem: TrainingProblem): Promise<OurTraining> {
    const watch = watchDevice(gpu.device);
    const arena = gpu.memory.arena('training of the benchmark');
    const { layout, shape, student, teacher, plan } = problem;
    const trained = await TrainedParameters.create(gpu, arena, layout, { parameters: student });
    const sdtt = await Sdtt.create(gpu, arena, trained, shape, { loss: 'kl-bwd', m: SUB_STEPS });
    sdtt.writeTeacher(teacher);
    const ring = new StagingRing(arena, 4 * (plan.rows.length + NORM_PARTIALS));
    return new OurTraining(problem, watch, sdtt, new StageRunner(gpu), ring);
  }

  /** The optimiser, and the copies of what is told of the update. */
  #last(to: GPUBuffer): Stage {
    const { trained, headBuffers } = this.sdtt.trainer;
    const bytes = 4 * this.problem.plan.rows.length;
    this.#steps += 1;
    const uniform = optimizerUniform(this.problem.optimizer, this.#steps);
    return {
      write: () => {
        trained.write(uniform);
      },
      pieces: [trained.launches],
      copies: [
        { from: headBuffers.losses, to, bytes },
        { from: trained.normPartials, to, toOffset: bytes, bytes: 4 * NORM_PARTIALS },
      ],
    };
  }

  /** As Distillation.update, but always of one and the same batch. */
  async update(): Promise<UpdateNumbers> {
    const { plan, address } = this.problem;
    const slot = await this.ring.take();
    this.sdtt.write(plan);
    const student = this.sdtt.student(plan, 1 / plan.rows.length);
    await this.runner.run([...this.sdtt.subSteps(plan, address).flat(), ...student, this.#last(slot.buffer)]);
    const count = plan.rows.length;
    const values = new Float32Array(await slot.read(4 * (count + NORM_PARTIALS)));
    const loss = values.subarray(0, count).reduce((sum, value) => sum + value, 0) / count;
    return { loss, gradientNorm: gradientNorm(values.subarray(count)) };
  }

  /** An update part by part, with a wait behind each, which costs time of its own: shares, not totals. */
  async phases(): Promise<PhaseCosts> {
    const { plan, address } = this.problem;
    const { trainer } = this.sdtt;
    const { counters } = trainer.gpu;
    const costs = {} as PhaseCosts;
    const run = async (phase: Phase, stages: readonly Stage[]): Promise<void> => {
      const before = counters.dispatches;
      const start = performance.now();
      await this.runner.run(stages);
      await this.runner.drain();
      costs[phase] = {
        milliseconds: performance.now() - start,
        dispatches: counters.dispatches - before,
      };
    };
    const slot = await this.ring.take();
    await this.runner.drain();
    this.sdtt.write(plan);
    await run('teacher', this.sdtt.subSteps(plan, address).flat());
    const chunks = trainer.head.prepare(plan.rows.length, 1 / plan.rows.length);
    if (chunks.length !== 1) throw new Error('phases are of batches whose logits fit in one chunk');
    // The loss is the first launch behind the logits; what follows are gradients.
    const [{ logits, rest }] = chunks;
    const forward = trainer.forward(trainer.student, plan.t);
    await run('forward', [...forward, { pieces: [[logits, rest[0]]] }]);
    await run('backward', [{ pieces: [rest.slice(1), ...trainer.backward.pieces] }]);
    await run('optimizer', [this.#last(slot.buffer)]);
    await slot.read(4 * (plan.rows.length + NORM_PARTIALS));
    return costs;
  }
}
