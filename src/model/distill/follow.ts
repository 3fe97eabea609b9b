/** An update that is looked at: phase by phase, with what one text of its batch goes through. */
import type { Gpu } from '../../gpu/device.ts';
import { distillLoss } from '../../gpu/kernels/loss/loss.reference.ts';
import type { Divergence } from '../../gpu/kernels/loss/loss.ts';
import { targetOf } from '../../gpu/kernels/target/target.reference.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { TokenDraw } from '../diffusion/draw.ts';
import type { UpdateBatch } from './corruption.ts';
import type { PhaseReport, TargetSlot, TargetToken } from './report.ts';
import type { Sdtt } from './sdtt.ts';
import type { UpdatePlan } from './targets.ts';

/** Likeliest tokens of target and of student that are told, each. */
const TOLD = 8;
const MOST_TOLD = 12;

/** Which sub-step supplies the target of a slot, from 0. */
function subStepOf({ counts }: UpdatePlan, slot: number): number {
  let end = 0;
  return counts.findIndex((count) => slot < (end += count));
}

/** The text that is shown: times rise through a batch, so that of the one in the middle about half is masked. */
function shownText({ t }: UpdatePlan): number {
  return Math.floor(t.length / 2);
}

/** Slots of the text that is shown, in the order of its positions. */
function shownSlots(plan: UpdatePlan, length: number): { slot: number; position: number }[] {
  const start = shownText(plan) * length;
  return [...plan.rows]
    .flatMap((row, slot) => (row >= start && row < start + length ? [{ slot, position: row - start }] : []))
    .sort((a, b) => a.position - b.position);
}

/**
 * Run teacher and targets of a micro-batch, and look at what the student says of it. The gradients are the caller's.
 * @param batch the micro-batch's texts and addresses
 */
export async function* follow(
  sdtt: Sdtt,
  plan: UpdatePlan,
  batch: UpdateBatch,
  loss: Divergence,
): AsyncGenerator<PhaseReport, void> {
  const { gpu, context, headBuffers } = sdtt.trainer;
  const { length } = batch;
  const { vocabulary } = context.layout.config;
  const { stride } = headBuffers;
  const shown = shownText(plan);
  const slotsShown = shownSlots(plan, length);
  const subSteps = sdtt.subSteps(plan, batch);
  const m = subSteps.length;
  let before = [...plan.tokens.subarray(shown * length, (shown + 1) * length)];
  for (const [k, stages] of subSteps.entries()) {
    await sdtt.trainer.runner.run(stages);
    const after = [
      ...(k < m - 1
        ? await readTokens(gpu, sdtt.teacher.buffers.tokens, shown * length, length)
        : await drawLast(sdtt, plan, batch, before)),
    ];
    const { t, s } = plan.times[shown][k];
    yield { phase: 'teacher', subStep: k + 1, t, s, before, after };
    before = after;
  }

  const supplied = new Array<number>(length).fill(0);
  for (const { slot, position } of slotsShown) supplied[position] = subStepOf(plan, slot) + 1;
  yield { phase: 'targets', subSteps: supplied };

  const logits = await sdtt.logits(plan, 'student');
  const targets = await readRows(gpu, sdtt.targets, plan.rows.length * stride);
  const row = (values: Float32Array, slot: number): Float32Array =>
    values.subarray(slot * stride, slot * stride + vocabulary);
  const divergences = Array.from(
    plan.rows,
    (_, slot) => distillLoss(loss, row(logits, slot), row(targets, slot)).loss,
  );
  const slots = slotsShown.map(({ slot, position }): TargetSlot => ({
    position,
    subStep: subStepOf(plan, slot) + 1,
    unmasked: plan.unmasks[slot] === 1,
    divergence: divergences[slot],
    tokens: likeliest(row(logits, slot), row(targets, slot)),
  }));
  const sum = divergences.reduce((total, value) => total + value, 0);
  yield { phase: 'student', loss: sum / Math.max(1, divergences.length), slots };
}

async function readRows(gpu: Gpu, buffer: GPUBuffer, floats: number): Promise<Float32Array> {
  return new Float32Array(await readBuffer(gpu, buffer, Math.max(4, 4 * floats)));
}

async function readTokens(gpu: Gpu, buffer: GPUBuffer, first: number, count: number): Promise<Uint32Array> {
  return new Uint32Array(await readBuffer(gpu, buffer, 4 * count, 4 * first));
}

/**
 * The tokens that the last sub-step would leave in the text that is shown. Nothing goes on from them, so the GPU does not draw them; here
 * they are drawn with the noise that they would have had.
 */
async function drawLast(
  { targets, trainer }: Sdtt,
  plan: UpdatePlan,
  { length, maskId, seed, firstSample }: UpdateBatch,
  before: readonly number[],
): Promise<number[]> {
  const { stride } = trainer.headBuffers;
  const draw = plan.counts.length - 1;
  const values = await readRows(trainer.gpu, targets, plan.rows.length * stride);
  const drawer = new TokenDraw(maskId);
  const after = [...before];
  for (const { slot, position } of shownSlots(plan, length)) {
    if (subStepOf(plan, slot) !== draw || plan.unmasks[slot] === 0) continue;
    const law = values.slice(slot * stride, slot * stride + maskId + 1);
    after[position] = drawer.draw(law, 1, 1, {
      seed,
      sample: firstSample + shownText(plan),
      position,
      draw,
    }).token;
  }
  return after;
}

/** Indices of the `count` largest of the real tokens. */
function largest(values: Float64Array, count: number): number[] {
  const found: number[] = [];
  for (let v = 0; v < values.length - 1; v++) {
    if (found.length === count && values[v] <= values[found[count - 1]]) continue;
    let at = found.length;
    while (at > 0 && values[found[at - 1]] < values[v]) at -= 1;
    found.splice(at, 0, v);
    found.length = Math.min(found.length, count);
  }
  return found;
}

/** The likeliest tokens of either law, likeliest under the target first. */
function likeliest(logits: ArrayLike<number>, target: ArrayLike<number>): TargetToken[] {
  const student = targetOf(logits);
  const aim = Float64Array.from(target);
  const tokens = [...new Set([...largest(aim, TOLD), ...largest(student, TOLD)])];
  return tokens
    .map((token) => ({ token, target: Math.exp(aim[token]), student: Math.exp(student[token]) }))
    .sort((a, b) => b.target - a.target)
    .slice(0, MOST_TOLD);
}
