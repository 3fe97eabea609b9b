/**
 * How a student does on texts that are held out. What is masked and what the teacher draws there is the same whenever it is
 * asked: noise that is common to two students does not stand between them.
 */
import type { Gpu } from '../../gpu/device.ts';
import { derivedSeed } from '../../gpu/random.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';
import { UnmaskError } from '../errors.ts';
import { cancelledWords } from '../messages/cancelled.ts';
import type { TextData } from './data.ts';
import { boundsOf, floorOfMean, leftOutDivergence, type FloorBounds } from './floor.ts';
import type { ResolvedDistillOptions } from './options.ts';
import type { Sdtt } from './sdtt.ts';
import { updatePlan, type SubStepOptions, type UpdatePlan } from './targets.ts';

/** How much is looked at. */
export interface HeldOutSize {
  /** Draws of each text's targets, at least 2; losses other than kl-bwd take one. */
  draws: number;
  /** Batches of held-out texts, at most. */
  batches: number;
}

/** Held-out texts are this far from those of training in the addresses of random numbers. */
export const FIRST_HELD_OUT = 2 ** 31;
/** Draws of the targets of other losses than kl-bwd, which have no floor of this kind. */
const FEW_DRAWS = 1;
/** Draws of a batch are kept for their second look up to so many bytes; larger ones are drawn again, to the same bits. */
const KEPT_BYTES = 64e6;

/** One batch, with what K draws of its targets say. */
interface EvaluatedBatch {
  plan: UpdatePlan;
  /** kl-bwd: mean over the draws of log q, by slots of `plan`, [rows, stride]; the others: the targets of one draw. */
  mean: Float32Array<ArrayBuffer>;
  /** kl-bwd: loss of the teacher's own single pass, summed over the rows. */
  untrained: number;
  /** kl-bwd: divergences of the draws from what all others say, summed over the rows, their mean over the draws. */
  leftOut: number;
}

/** How it is told how far the drawing is, and that nobody waits for it any more. */
export interface DrawHooks {
  /** @param total draws of one batch each, those that are made twice counted twice */
  onDraw?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A loss on the held-out texts, and the least there is. */
export interface HeldOutResult {
  loss: number;
  /** Only for kl-bwd. */
  floor?: FloorBounds;
  /** Only for kl-bwd: the loss of the teacher itself, were it to do in one pass what it does in m. */
  untrained?: number;
  draws: number;
}

/**
 * Held-out texts under one teacher. kl-bwd against many draws is p (log p - mean log q): so the draws are kept as their mean,
 * and evaluating a student takes one pass of its own and none of the teacher's.
 */
export class HeldOut {
  private constructor(
    private readonly gpu: Gpu,
    private readonly sdtt: Sdtt,
    private readonly batches: readonly EvaluatedBatch[],
    readonly size: HeldOutSize,
    private readonly draws: number,
  ) {}

  /**
   * Have the teacher draw the targets of the held-out texts.
   * @throws UnmaskError 'aborted'
   */
  static async draw(
    sdtt: Sdtt,
    data: TextData,
    o: ResolvedDistillOptions,
    steps: SubStepOptions,
    size: HeldOutSize,
    { onDraw, signal }: DrawHooks = {},
  ): Promise<HeldOut> {
    const { gpu, context, headBuffers } = sdtt.trainer;
    const { batch, length } = context.activations.shape;
    const maskId = context.layout.config.vocabulary - 1;
    const taken = o.loss === 'kl-bwd' ? size.draws : FEW_DRAWS;
    const count = Math.min(size.batches, Math.ceil(data.heldOut / batch));
    const batches: EvaluatedBatch[] = [];
    let [done, total] = [0, count * taken];
    for (let i = 0; i < count; i++) {
      const firstSample = FIRST_HELD_OUT + i * batch;
      const texts = {
        ...{ tokens: data.heldOutBatch(i * batch, batch), length, maskId, seed: o.seed, firstSample },
      };
      const plan = updatePlan(texts, steps);
      const mean = new Float32Array(plan.rows.length * headBuffers.stride);
      const drawn = async (k: number): Promise<Draw> => {
        if (signal?.aborted) throw new UnmaskError('aborted', cancelledWords.noFloor);
        const seed = derivedSeed(o.seed, 1 + k);
        const own = updatePlan(texts, steps, seed);
        const targets = await drawTargets(sdtt, own, { seed, firstSample });
        onDraw?.((done += 1), total);
        return { plan: own, targets };
      };
      const looksTwice = o.loss === 'kl-bwd';
      const keeps = taken * mean.byteLength <= KEPT_BYTES;
      if (looksTwice && !keeps) total += taken;
      const kept: Draw[] = [];
      for (let k = 0; k < taken; k++) {
        const draw = await drawn(k);
        addRows(mean, plan, draw, headBuffers.stride, 1 / taken);
        if (keeps) kept.push(draw);
      }
      let [untrained, leftOut] = [0, 0];
      if (looksTwice) {
        untrained = await ownDivergence(sdtt, plan, mean);
        for (let k = 0; k < taken; k++) {
          const draw = keeps ? kept[k] : await drawn(k);
          leftOut += leftOutRows(sdtt, mean, plan, draw, taken) / taken;
        }
      }
      batches.push({ plan, mean, untrained, leftOut });
    }
    return new HeldOut(gpu, sdtt, batches, size, taken);
  }

  /** The loss of the student's moving average: the mean over all masked positions. */
  async evaluate(loss: ResolvedDistillOptions['loss']): Promise<HeldOutResult> {
    return loss === 'kl-bwd' ? await this.#divergence() : { loss: await this.#loss(), draws: this.draws };
  }

  async #divergence(): Promise<HeldOutResult> {
    const { sdtt, draws } = this;
    const { vocabulary } = sdtt.trainer.context.layout.config;
    const { stride } = sdtt.trainer.headBuffers;
    let [loss, floor, upper, before, rows] = [0, 0, 0, 0, 0];
    for (const { plan, mean, untrained, leftOut } of this.batches) {
      before += untrained;
      upper += leftOut;
      sdtt.write(plan);
      const logits = await sdtt.logits(plan, 'average');
      for (let slot = 0; slot < plan.rows.length; slot++) {
        const z = logits.subarray(slot * stride, slot * stride + vocabulary);
        const q = mean.subarray(slot * stride, slot * stride + vocabulary);
        loss += backwardDivergence(z, q);
        floor += floorOfMean(q);
        rows += 1;
      }
    }
    const all = Math.max(1, rows);
    return { loss: loss / all, floor: boundsOf(floor / all, upper / all), untrained: before / all, draws };
  }

  /** By the kernel of the loss, on the targets of the one draw. */
  async #loss(): Promise<number> {
    const { gpu, sdtt } = this;
    let [sum, rows] = [0, 0];
    for (const { plan, mean } of this.batches) {
      if (plan.rows.length === 0) continue;
      sdtt.write(plan);
      gpu.write(sdtt.targets, 0, mean);
      await sdtt.trainer.runner.run(sdtt.averaged.losses(plan.t, plan.rows.length));
      const losses = await readBuffer(gpu, sdtt.trainer.headBuffers.losses, 4 * plan.rows.length);
      sum += new Float32Array(losses).reduce((total, value) => total + value, 0);
      rows += plan.rows.length;
    }
    return rows === 0 ? 0 : sum / rows;
  }
}

/** One draw of the targets of a batch, [rows, stride], by the slots of its own plan. */
interface Draw {
  plan: UpdatePlan;
  targets: Float32Array;
}

/** One draw of the targets of a batch, [rows, stride]. */
async function drawTargets(
  sdtt: Sdtt,
  plan: UpdatePlan,
  address: { seed: number; firstSample: number },
): Promise<Float32Array> {
  const { gpu, headBuffers, runner } = sdtt.trainer;
  sdtt.write(plan);
  for (const stages of sdtt.subSteps(plan, address)) await runner.run(stages);
  const bytes = Math.max(4, 4 * plan.rows.length * headBuffers.stride);
  return new Float32Array(await readBuffer(gpu, sdtt.targets, bytes));
}

/** The loss of the teacher's own single pass over x_t, summed over the rows. */
async function ownDivergence(sdtt: Sdtt, plan: UpdatePlan, mean: Float32Array): Promise<number> {
  const { headBuffers, context } = sdtt.trainer;
  const { vocabulary } = context.layout.config;
  sdtt.write(plan);
  const own = await sdtt.teacherLogProbs(plan);
  let sum = 0;
  for (let slot = 0; slot < plan.rows.length; slot++) {
    const at = slot * headBuffers.stride;
    sum += backwardDivergence(own.subarray(at, at + vocabulary), mean.subarray(at, at + vocabulary));
  }
  return sum;
}

/** Add targets to means; the two plans mask the same rows, in other orders. */
function addRows(
  mean: Float32Array,
  { slots }: UpdatePlan,
  { plan, targets }: Draw,
  stride: number,
  factor: number,
): void {
  plan.rows.forEach((row, slot) => {
    const [to, from] = [slots[row] * stride, slot * stride];
    for (let v = 0; v < stride; v++) mean[to + v] += factor * targets[from + v];
  });
}

/** What one draw differs from all the others, summed over its rows. @param count draws in the means */
function leftOutRows(
  { trainer }: Sdtt,
  mean: Float32Array,
  { slots }: UpdatePlan,
  { plan, targets }: Draw,
  count: number,
): number {
  const { vocabulary } = trainer.context.layout.config;
  const { stride } = trainer.headBuffers;
  let sum = 0;
  plan.rows.forEach((row, slot) => {
    const [of, from] = [slots[row] * stride, slot * stride];
    sum += leftOutDivergence(
      mean.subarray(of, of + vocabulary),
      targets.subarray(from, from + vocabulary),
      count,
    );
  });
  return sum;
}

/** sum_v p (log p - q) over real tokens. @param z logits, V @param q V, of which the last does not count */
export function backwardDivergence(z: ArrayLike<number>, q: ArrayLike<number>): number {
  const maskId = z.length - 1;
  const normaliser = logSumExp(z, 0, maskId);
  let sum = 0;
  for (let v = 0; v < maskId; v++) {
    const logP = z[v] - normaliser;
    const p = Math.exp(logP);
    // A chance of 0 adds nothing, whatever it is held against.
    if (p > 0) sum += p * (logP - q[v]);
  }
  return sum;
}
