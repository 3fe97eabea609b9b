import type { ResolvedDistillOptions } from './options.ts';
import type { Round } from './rounds.ts';

/**
 * The configuration of a round's student: that of the teacher it began with, and how it was made, in the fields that the released
 * code has for it (`parameterization`).
 * @param teacher config.json of the teacher
 * @param name of the student
 */
export function studentConfig(
  teacher: object,
  options: Pick<ResolvedDistillOptions, 'loss' | 'm' | 'dt' | 'minimumSteps' | 'updatesPerRound'>,
  { round, nativeSteps }: Round,
  name: string,
): object {
  const { model, ...rest } = teacher as { model?: object };
  return {
    ...rest,
    model: { ...model, name },
    parameterization: {
      name: 'multi-round-sdtt',
      distill_mode: options.loss,
      num_distill_steps: options.m,
      orig_num_sampling_steps: Math.round(1 / options.dt),
      min_num_sampling_steps: options.minimumSteps,
      grow_dt_every: options.updatesPerRound,
      round,
      native_steps: nativeSteps,
    },
  };
}
