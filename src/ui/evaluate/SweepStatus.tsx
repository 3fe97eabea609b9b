import type { CSSProperties } from 'react';
import { useCalm } from '../components/calm.ts';
import { Notice } from '../components/Notice.tsx';
import { sweep } from '../messages/evaluate/sweep.ts';
import { leftText } from '../models/words.ts';
import { kindOf, titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { useEvaluate, type EvaluateState } from '../stores/evaluate.ts';
import { planOf } from './form.ts';
import { endText, progressText } from './words.ts';

/** Seconds that are left, by the pace of the last while; undefined until that is known. */
function secondsLeft({ pace, asked }: EvaluateState, kind: Parameters<typeof planOf>[1]): number | undefined {
  const [first, last] = [pace.at(0), pace.at(-1)];
  if (!first || !last || !asked || last.at - first.at < 3000 || last.passes <= first.passes) return undefined;
  const left = Math.max(0, planOf(asked, kind).passes - last.passes);
  return (left * (last.at - first.at)) / (last.passes - first.passes) / 1000;
}

/** Where a sweep is, in words and as a line, and how it ended. */
export function SweepStatus() {
  const state = useEvaluate();
  const models = useEngine((engine) => engine.models);
  const { task, progress } = state;
  const running = task.state === 'running';
  const left = secondsLeft(state, (id) => kindOf(id, models));
  const where = progressText(progress, (id) => titleOf(id, models));
  const says = running
    ? [where, ...(left === undefined ? [] : [sweep.status.left(leftText(left))])].join(' ')
    : endText(task.state, state.shown);
  const calm = useCalm(says, !running);
  const share = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  if (task.state === 'idle') return null;
  return (
    <section className="card sweep-status" aria-label={sweep.status.label}>
      {task.state === 'failed' && <Notice kind="error">{task.failure.message}</Notice>}
      <p aria-hidden="true">{says}</p>
      <p className="visually-hidden" role="status">
        {calm}
      </p>
      <div
        className="progress-line card-progress"
        role="progressbar"
        aria-label={sweep.status.bar}
        aria-valuenow={Math.floor(100 * (running ? share : task.state === 'done' ? 1 : 0))}
        data-busy={running}
        style={{ '--done': running ? share : 0 } as CSSProperties}
      />
    </section>
  );
}
