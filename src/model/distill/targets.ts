/**
 * The plan of one update of SDTT (arXiv 2410.21035, algorithm 1): the teacher goes m sub-steps back from x_t, and the target
 * of a position is what the teacher said of it in the sub-step in which it unmasked. As in sampling, the network has no say in
 * when that is, so everything but the tokens is known before the first pass, and each sub-step runs the head on its own rows.
 */
import { corruptionBits, uniform } from '../../gpu/random.ts';
import { corrupt, listRows, type Corruption, type RowList, type UpdateBatch } from './corruption.ts';
import type { SubStepTimes } from './options.ts';

/** One sub-step of the teacher, from t to s. */
export interface SubStep {
  /** Time that the network is told, in [eps, 1]. */
  t: number;
  /** Time that it goes to, in [0, 1): in the released times it may lie above the next sub-step's t. */
  s: number;
  /** Chance that a masked position stays masked: s / t. */
  stay: number;
}

/** Where the teacher goes. */
export interface SubStepOptions {
  /** Step of the teacher. */
  dt: number;
  /** Number of sub-steps. */
  m: number;
  times: SubStepTimes;
  /** Smallest time of a text: `sampling_eps` of the checkpoint. */
  eps: number;
}

/** Everything about an update but what the networks say. */
export interface UpdatePlan extends Corruption, RowList {
  /** The sub-steps of each text, [batch][m]. */
  times: SubStep[][];
  /** Rows of each sub-step: `rows` has them in this order, within a sub-step ascending; [m]. */
  counts: number[];
  /** For each of `rows` 1 where it unmasks in its sub-step, 0 where it is masked still after the last one; [count]. */
  unmasks: Uint8Array;
}

/**
 * Times of the m sub-steps that begin at t.
 *  - 'paper', algorithm 1: t, t - dt, t - 2 dt, ...
 *  - 'released': t w + (1 - t)(t - m dt), with w running evenly from 1 to 0. The factor 1 - t puts most sub-steps elsewhere than
 *    the algorithm does, the first one above t; each still goes back by dt, so that it need not end where the next one begins.
 * A sub-step that reaches 0 unmasks everything.
 */
export function subSteps(t: number, { dt, m, times, eps }: SubStepOptions): SubStep[] {
  const end = t - m * dt;
  return Array.from({ length: m }, (_, k): SubStep => {
    // A lone w is 1.
    const w = m === 1 ? 1 : 1 - k / (m - 1);
    const from = times === 'paper' ? t - k * dt : t * w + (1 - t) * end;
    const to = times === 'paper' ? t - (k + 1) * dt : from - dt;
    const s = Math.max(to, 0);
    return { t: Math.max(from, eps), s, stay: s > 0 ? s / from : 0 };
  });
}

/**
 * The sub-step, counted from 0, in which a masked position unmasks, or m where it never does. It stays masked through k of them
 * with the product of their chances, so it unmasks in the first one whose product is not above u.
 * @param u uniform in (0, 1)
 */
export function unmaskingStep(steps: readonly SubStep[], u: number): number {
  let masked = 1;
  for (let k = 0; k < steps.length; k++) {
    masked *= steps[k].stay;
    if (u >= masked) return k;
  }
  return steps.length;
}

/**
 * The plan of one update. Rows that stay masked to the end take the target of the last sub-step, as released.
 * @param targetSeed seed of the sub-steps alone (default: that of the batch): another one draws other targets for the same x_t
 */
export function updatePlan(batch: UpdateBatch, o: SubStepOptions, targetSeed = batch.seed): UpdatePlan {
  const { t, tokens } = corrupt(batch, o.eps);
  const times = Array.from(t, (time) => subSteps(time, o));
  const bySubStep = Array.from({ length: o.m }, (): { row: number; unmasks: boolean }[] => []);
  tokens.forEach((id, row) => {
    if (id !== batch.maskId) return;
    const text = Math.floor(row / batch.length);
    const [, bits] = corruptionBits(targetSeed, batch.firstSample + text, row % batch.length);
    const step = unmaskingStep(times[text], uniform(bits));
    bySubStep[Math.min(step, o.m - 1)].push({ row, unmasks: step < o.m });
  });
  const listed = bySubStep.flat();
  return {
    t,
    tokens,
    times,
    ...listRows(
      Uint32Array.from(listed, ({ row }) => row),
      tokens.length,
    ),
    counts: bySubStep.map(({ length }) => length),
    unmasks: Uint8Array.from(listed, ({ unmasks }) => Number(unmasks)),
  };
}
