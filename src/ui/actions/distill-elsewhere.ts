/** A distillation that somebody else than the Distill view began and runs: the console. */
import type { DistillState } from '../../worker/distill/result.ts';
import { forget, show } from './distill-open.ts';
import { runElsewhere } from './distill-run.ts';

export { forget };

/**
 * Show a distillation in the Distill view, from its opening to the end of a task that runs it.
 * @returns what the task comes to
 */
export async function showElsewhere(
  opened: DistillState,
  task: Parameters<typeof runElsewhere>[0],
): Promise<DistillState> {
  await show(opened, new AbortController().signal);
  return await runElsewhere(task);
}
