/** The ladder of a distillation: what its options may hold, and which rounds follow from them. */
import { choice, integer, number, refuse, show } from '../arguments.ts';
import type { ModelConfig } from '../checkpoint/config.ts';
import { MAX_STEPS } from '../diffusion/plan.ts';
import { argumentWords } from '../messages/arguments.ts';
import { trainOptionWords as words } from '../messages/train-options.ts';
import type { DistillOptions, ResolvedDistillOptions } from './options.ts';
import { checkTexts, MOST_UPDATES, resolveUpdate } from './update-options.ts';

/** One rung: a student of the teacher whose step is dt. */
export interface Round {
  /** From 1. */
  round: number;
  /** Step of the teacher. */
  dt: number;
  /** Steps that the student is made for. */
  nativeSteps: number;
}

/** Whether a step is not longer than all of time, but for rounding. */
const fitsTime = (step: number): boolean => step <= 1 + 1e-9;

/**
 * The rounds of a distillation: each has the student of the one before as its teacher, and a step m times as long
 * (SDTT, arXiv 2410.21035, section 3).
 * @returns `rounds` of them, fewer where a student would have less than `minimumSteps` steps, or one step longer than 1
 */
export function roundsOf({
  dt,
  m,
  rounds,
  minimumSteps,
}: Pick<ResolvedDistillOptions, 'dt' | 'm' | 'rounds' | 'minimumSteps'>): Round[] {
  const all = Array.from({ length: rounds }, (_, i): Round => {
    const step = dt * m ** i;
    return { round: i + 1, dt: step, nativeSteps: Math.round(1 / (m * step)) };
  });
  return all.filter(({ dt: step, nativeSteps }) => fitsTime(m * step) && nativeSteps >= minimumSteps);
}

/** `data` and `generate`, which are not kept with the options. */
function checkData({ data, generate }: DistillOptions): void {
  if (data !== undefined) checkTexts(data, words.giveTexts.optional);
  if (generate === undefined) return;
  integer('generate', generate, 1, 65_536);
  if (data !== undefined) throw refuse(words.dataAndGenerate);
}

/**
 * Check the options of a distillation and fill in what is left out.
 * @param config of the teacher
 * @throws UnmaskError 'argument' naming the field, its value and what it may hold
 */
export function resolveOptions(o: DistillOptions, config: ModelConfig): ResolvedDistillOptions {
  if (typeof o.teacher !== 'string' || o.teacher === '') {
    throw refuse(words.teacher(show(o.teacher)));
  }
  if (config.kind !== 'diffusion') throw refuse(words.autoregressiveTeacher(show(o.teacher)));
  checkData(o);
  const resolved: ResolvedDistillOptions = {
    teacher: o.teacher,
    loss: choice('loss', o.loss ?? 'kl-bwd', ['kl-bwd', 'kl-fwd', 'mse', 'tvd']),
    rounds: integer('rounds', o.rounds ?? 2, 1, 16),
    minimumSteps: integer('minimumSteps', o.minimumSteps ?? 1, 1, MAX_STEPS),
    updatesPerRound: integer('updatesPerRound', o.updatesPerRound ?? 300, 1, MOST_UPDATES),
    ...resolveUpdate(o, config, 3e-5),
    dt: number(
      'dt',
      o.dt ?? 1 / 32,
      (dt) => dt >= 1 / MAX_STEPS && dt <= 1 / 2,
      argumentWords.ranges.between(`1/${MAX_STEPS}`, '1/2'),
    ),
    m: integer('m', o.m ?? 2, 2, 64),
    times: choice('times', o.times ?? 'paper', ['paper', 'released']),
    resetOptimizer: o.resetOptimizer ?? false,
  };
  if (typeof resolved.resetOptimizer !== 'boolean') {
    throw refuse(words.resetOptimizer(show(resolved.resetOptimizer)));
  }
  const { dt, m, minimumSteps } = resolved;
  if (!fitsTime(m * dt)) throw refuse(words.stepTooLong(m, m * dt));
  if (roundsOf(resolved).length === 0) {
    throw refuse(words.noRound(minimumSteps, Math.round(1 / (m * dt))));
  }
  return resolved;
}
