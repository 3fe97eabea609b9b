import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { targetOf } from '../kernels/target/target.reference.ts';
import { TARGET, TARGET_BYTES, TARGET_STRIDE, targetUniforms } from '../kernels/target/target.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { SEED, UNTOUCHED } from './head.ts';
import { checkWords } from './messages.ts';
import { differing, largestError, normals } from './numbers.ts';
import { drawnInstead, EXACT_DRAWS } from './sample.ts';

/** Logits in slots, some of which become targets. */
export interface TargetCase {
  /** [slots, stride] */
  logits: Float32Array<ArrayBuffer>;
  vocabulary: number;
  stride: number;
  first: number;
  count: number;
  /** Rows of a sample; the batch has as many rows as there are slots, rounded up to whole samples. */
  length: number;
  /** Which draw of the position; without it, none is made. */
  draw?: number;
}

/** Index of the batch's first sample. */
const FIRST_SAMPLE = 3;

/** What pads hold before: nobody may read it. */
const PAD = 1e30;

/** Random logits in 9 slots, 6 of them for a target, in which the mask is the likeliest token. */
export function randomTargets(vocabulary: number, stride: number, draw?: number): TargetCase {
  const logits = normals(vocabulary, 9 * stride, 2);
  for (let slot = 0; slot < 9; slot++) {
    logits.fill(PAD, slot * stride + vocabulary, (slot + 1) * stride);
    logits[slot * stride + vocabulary - 1] = 9;
  }
  return {
    logits,
    vocabulary,
    stride,
    first: 2,
    count: 6,
    length: 4,
    ...(draw === undefined ? {} : { draw }),
  };
}

/** What the kernel leaves of logits, and the tokens by row, UNTOUCHED where none was drawn. */
export async function runTarget(
  gpu: Gpu,
  arena: Arena,
  { logits, vocabulary, stride, first, count, length, draw }: TargetCase,
): Promise<{ logits: Float32Array; rows: Uint32Array; tokens: Uint32Array }> {
  const slots = logits.length / stride;
  const batch = Math.ceil(slots / length) * length;
  // Slots stand for rows in no order.
  const rows = Uint32Array.from({ length: slots }, (_, slot) => batch - 1 - slot);
  const task = { vocabulary, stride, first, count, length, seed: SEED, firstSample: FIRST_SAMPLE };
  const buffers = {
    logits: arena.storageOf('logits', logits),
    tokens: arena.storageOf('tokens', new Uint32Array(batch).fill(UNTOUCHED)),
  };
  const kernel = await gpu.kernels.compile(TARGET, { DRAW: draw !== undefined });
  const launch = kernel.bind({
    ...buffers,
    rows: arena.storageOf('rows', rows),
    // The second of two tasks; the first would do nothing.
    task: {
      buffer: arena.uniformOf(
        'task',
        targetUniforms([
          { ...task, count: 0 },
          { ...task, draw: draw ?? 0 },
        ]),
      ),
      size: TARGET_BYTES,
    },
  });
  // A workgroup too many.
  submit(gpu, [launch([count + 1], TARGET_STRIDE)]);
  return {
    logits: new Float32Array(await readBuffer(gpu, buffers.logits)),
    rows,
    tokens: new Uint32Array(await readBuffer(gpu, buffers.tokens)),
  };
}

/**
 * Errors of targets: of the log-probabilities, relative; and the number of tokens that are not the CPU's draws and of slots and
 * tokens that were to be left alone and were not.
 */
export async function targetErrors(
  gpu: Gpu,
  arena: Arena,
  of: TargetCase,
): Promise<{ logProbability: number; wrong: number }> {
  const { vocabulary, stride, first, count, length, draw } = of;
  const found = await runTarget(gpu, arena, of);
  let logProbability = 0;
  let wrong = 0;
  for (let slot = 0; slot < found.rows.length; slot++) {
    const before = of.logits.subarray(slot * stride, (slot + 1) * stride);
    const after = found.logits.subarray(slot * stride, (slot + 1) * stride);
    const row = found.rows[slot];
    const token = found.tokens[row];
    if (slot < first || slot >= first + count) {
      wrong += differing(after, before) + Number(token !== UNTOUCHED);
      continue;
    }
    const target = targetOf(before.subarray(0, vocabulary));
    const padded = Float64Array.from({ length: stride }, (_, v) => (v < vocabulary ? target[v] : 0));
    logProbability = Math.max(logProbability, largestError(after, padded));
    if (draw === undefined) {
      wrong += Number(token !== UNTOUCHED);
      continue;
    }
    const law = target.subarray(0, vocabulary - 1).map(Math.exp);
    const sample = FIRST_SAMPLE + Math.floor(row / length);
    const address = { seed: SEED, sample, position: row % length, draw };
    if (drawnInstead(token, law, address, EXACT_DRAWS.tie) !== undefined) wrong += 1;
  }
  return { logProbability, wrong };
}

const CASES = [
  [2, 4],
  [65, 72],
  [4097, 4100],
] as const;

export const TARGET_CHECKS: readonly KernelCheck[] = [
  overCases(
    { kernel: TARGET.name, what: checkWords.target.logProbabilities, bound: 2e-6, measure: 'relative' },
    CASES,
    async (gpu, arena, [vocabulary, stride]) => {
      const { logProbability, wrong } = await targetErrors(gpu, arena, randomTargets(vocabulary, stride));
      return wrong > 0 ? Infinity : logProbability;
    },
  ),
  overCases(
    { kernel: TARGET.name, what: checkWords.target.draws, bound: 0, measure: 'absolute' },
    CASES,
    async (gpu, arena, [vocabulary, stride]) =>
      (await targetErrors(gpu, arena, randomTargets(vocabulary, stride, 1))).wrong,
  ),
];
