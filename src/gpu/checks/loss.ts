import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { crossEntropy, distillLoss, type LossGradient } from '../kernels/loss/loss.reference.ts';
import {
  CHUNK_BYTES,
  CHUNK_STRIDE,
  chunkUniforms,
  CROSS_ENTROPY,
  DISTILL_LOSS,
  distillConstants,
  DIVERGENCES,
  type Chunk,
  type Divergence,
} from '../kernels/loss/loss.ts';
import { targetOf } from '../kernels/target/target.reference.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { differing, errorBesideLargest, integers, largestError, normals } from './numbers.ts';

/** Logits of some slots, in a chunk that has a row more than counts. */
export interface LossCase {
  /** [count + 1, stride] */
  logits: Float32Array<ArrayBuffer>;
  vocabulary: number;
  stride: number;
}

/** The chunk's first slot; one slot follows it. */
const FIRST = 2;
const SCALE = 0.25;

/** What losses hold that nobody writes. */
const UNWRITTEN = -1;

/** Random logits in which the mask is the likeliest token, and pads hold what nobody may read. */
export function randomLosses(vocabulary: number, stride: number, count = 5): LossCase {
  const logits = normals(vocabulary, (count + 1) * stride, 2);
  for (let row = 0; row <= count; row++) {
    logits.fill(1e30, row * stride + vocabulary, (row + 1) * stride);
    logits[row * stride + vocabulary - 1] = 9;
  }
  return { logits, vocabulary, stride };
}

const rowOf = ({ logits, vocabulary, stride }: LossCase, row: number): Float32Array =>
  logits.subarray(row * stride, row * stride + vocabulary);

/** Rows of the chunk that count. */
const countOf = ({ logits, stride }: LossCase): number => logits.length / stride - 1;

/**
 * Targets of all slots as f32 holds them, [count + 3, stride]. None is so close to the student's that its sign, which is the
 * slope of tvd, would be a matter of rounding.
 */
export function randomTargetsFor(of: LossCase): Float32Array<ArrayBuffer> {
  const { vocabulary, stride } = of;
  const count = countOf(of);
  const targets = new Float32Array((FIRST + count + 1) * stride);
  for (let row = 0; row < count; row++) {
    const student = targetOf(rowOf(of, row));
    const noise = normals(1000 + row, vocabulary, 0.7);
    const target = targetOf(student.map((s, v) => s + noise[v]));
    for (let v = 0; v < vocabulary; v++) {
      const close = Math.abs(target[v] - student[v]) < 1e-3;
      targets[(FIRST + row) * stride + v] = target[v] + (close ? 0.01 : 0);
    }
  }
  return targets;
}

/** How far a chunk's losses are from the CPU's, relative, and its gradients, beside the largest of their row. */
export interface LossErrors {
  loss: number;
  gradient: number;
  /** Values that were to be left alone, or 0, and are not. */
  wrong: number;
}

function compare(
  of: LossCase,
  gradients: Float32Array,
  losses: Float32Array,
  expected: (row: number) => LossGradient,
): LossErrors {
  const { vocabulary, stride, logits } = of;
  const count = countOf(of);
  const errors: LossErrors = { loss: 0, gradient: 0, wrong: 0 };
  for (let row = 0; row < count; row++) {
    const { loss, gradient } = expected(row);
    const found = gradients.subarray(row * stride, (row + 1) * stride);
    errors.loss = Math.max(errors.loss, largestError([losses[FIRST + row]], [loss]));
    errors.gradient = Math.max(
      errors.gradient,
      errorBesideLargest(
        found.subarray(0, vocabulary),
        gradient.map((value) => SCALE * value),
        SCALE *
          Math.exp(
            targetOf(rowOf(of, row))
              .subarray(0, -1)
              .reduce((a, b) => Math.max(a, b)),
          ),
      ),
    );
    errors.wrong += found.subarray(vocabulary).filter((value) => value !== 0).length;
  }
  errors.wrong += differing(gradients.subarray(count * stride), logits.subarray(count * stride));
  losses.forEach((loss, slot) => {
    if (slot < FIRST || slot >= FIRST + count) errors.wrong += Number(loss !== UNWRITTEN);
  });
  return errors;
}

/** Buffers of a case: the second of two chunks is meant, and its launch has a workgroup too many. */
function prepare(arena: Arena, of: LossCase) {
  const count = countOf(of);
  const chunk: Chunk = {
    first: FIRST,
    count,
    vocabulary: of.vocabulary,
    stride: of.stride,
    scale: SCALE,
  };
  const outputs = {
    logits: arena.storageOf('logits', of.logits),
    loss: arena.storageOf('loss', new Float32Array(FIRST + count + 1).fill(UNWRITTEN)),
  };
  return {
    outputs,
    chunk: {
      buffer: arena.uniformOf('chunks', chunkUniforms([{ ...chunk, count: 0 }, chunk])),
      size: CHUNK_BYTES,
    },
    workgroups: [count + 1] as const,
  };
}

const read = async (gpu: Gpu, buffer: GPUBuffer): Promise<Float32Array> =>
  new Float32Array(await readBuffer(gpu, buffer));

/** @param targets [count + 3, stride], of which the chunk's rows take those from the third on */
export async function distillErrors(
  gpu: Gpu,
  arena: Arena,
  kind: Divergence,
  of: LossCase,
  targets: Float32Array<ArrayBuffer>,
): Promise<LossErrors> {
  const { outputs, chunk, workgroups } = prepare(arena, of);
  const kernel = await gpu.kernels.compile(DISTILL_LOSS, distillConstants(kind));
  const launch = kernel.bind({ ...outputs, chunk, targets: arena.storageOf('targets', targets) });
  submit(gpu, [launch(workgroups, CHUNK_STRIDE)]);
  return compare(of, await read(gpu, outputs.logits), await read(gpu, outputs.loss), (row) => {
    const at = (FIRST + row) * of.stride;
    return distillLoss(kind, rowOf(of, row), targets.subarray(at, at + of.vocabulary));
  });
}

/** Labels are of a seed, and the last real token among them; weights differ, and one is 0. */
export async function crossEntropyErrors(gpu: Gpu, arena: Arena, of: LossCase): Promise<LossErrors> {
  const slots = FIRST + countOf(of) + 1;
  const labels = integers(6, slots, of.vocabulary - 1);
  labels[FIRST] = of.vocabulary - 2;
  const weights = Float32Array.from({ length: slots }, (_, slot) => (5 - slot) / 2);
  const { outputs, chunk, workgroups } = prepare(arena, of);
  const kernel = await gpu.kernels.compile(CROSS_ENTROPY);
  const launch = kernel.bind({
    ...outputs,
    chunk,
    labels: arena.storageOf('labels', labels),
    weights: arena.storageOf('weights', weights),
  });
  submit(gpu, [launch(workgroups, CHUNK_STRIDE)]);
  return compare(of, await read(gpu, outputs.logits), await read(gpu, outputs.loss), (row) =>
    crossEntropy(rowOf(of, row), labels[FIRST + row], weights[FIRST + row]),
  );
}

/** One number of a check. */
export const worst = ({ loss, gradient, wrong }: LossErrors): number =>
  wrong > 0 ? Infinity : Math.max(loss, gradient);

/** Largest error of a loss relative to 1 + itself, and of a gradient beside the largest of its row. */
export const LOSS_BOUND = 1e-5;

const CASES = [
  [3, 4],
  [65, 72],
  [4097, 4100],
] as const;

export const LOSS_CHECKS: readonly KernelCheck[] = [
  ...DIVERGENCES.map((kind) =>
    overCases(
      {
        kernel: DISTILL_LOSS.name,
        what: checkWords.distillLoss(kind),
        bound: LOSS_BOUND,
        measure: 'relative',
      },
      CASES,
      async (gpu, arena, [vocabulary, stride]) => {
        const of = randomLosses(vocabulary, stride);
        return worst(await distillErrors(gpu, arena, kind, of, randomTargetsFor(of)));
      },
    ),
  ),
  overCases(
    { kernel: CROSS_ENTROPY.name, what: checkWords.crossEntropy, bound: LOSS_BOUND, measure: 'relative' },
    CASES,
    async (gpu, arena, [vocabulary, stride]) =>
      worst(await crossEntropyErrors(gpu, arena, randomLosses(vocabulary, stride))),
  ),
];
