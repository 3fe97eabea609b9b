import type { DistillState } from '../../worker/distill/result.ts';
import type { SampleOptions } from '../../worker/protocol.ts';
import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { qualityAt } from '../distill/quality.ts';
import { comparison as says } from '../messages/distill-figures.ts';
import {
  COMPARED_STEPS,
  initialComparison,
  missingPoints,
  pointsOf,
  useComparison,
  type Compared,
  type ComparisonState,
} from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { listModels } from './distill-events.ts';
import { meanwhile, runsElsewhere } from './distill-run.ts';
import { toFailure } from './failure.ts';

let current: AbortController | undefined;

/** Change what is compared: the next comparison has it. */
export function setComparison(changed: Partial<Pick<ComparisonState, 'prompt' | 'seed' | 'count'>>): void {
  useComparison.setState({ ...changed, ...('count' in changed ? { usual: false } : {}) });
}

/** Drop what belongs to another distillation than this one; what was asked for stays typed. @param run undefined where none is open */
export function keepComparisonOf(run: string | undefined): void {
  const { prompt, seed, count, usual, run: compared } = useComparison.getState();
  if (run !== undefined && run === compared) return;
  current?.abort();
  current = undefined;
  useComparison.setState({ ...initialComparison, prompt, seed, count, usual, run });
}

/** Stop it; what is written stays. */
export function stopComparison(): void {
  current?.abort();
}

const teacherOf = ({ options }: DistillState): Compared => ({ model: options.teacher, title: says.teacher });

/** Students of the rounds that are done. */
const studentsOf = ({ rounds }: DistillState): Compared[] =>
  rounds.flatMap(({ model, round }) => (model === undefined ? [] : [{ model, title: says.round(round) }]));

/** Do it while the distillation waits, with its failure and its end told in the store. */
async function compare(
  status: 'texts' | 'quality',
  task: (state: DistillState, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { state } = useDistill.getState();
  if (!state) return;
  keepComparisonOf(state.run);
  current?.abort();
  const controller = new AbortController();
  current = controller;
  useComparison.setState({ status, progress: undefined, failure: undefined });
  try {
    await meanwhile(() => task(useDistill.getState().state ?? state, controller.signal));
  } catch (error) {
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    if (current === controller && !stopped) useComparison.setState({ failure: toFailure(error) });
  } finally {
    if (current === controller) useComparison.setState({ status: 'idle', progress: undefined });
  }
}

/** The student as it is: that of the last round where nothing was done since, else a model of its own. */
async function currentStudent(state: DistillState): Promise<Compared> {
  const last = studentsOf(state).at(-1);
  const fresh = state.finished || state.rounds[state.round - 1]?.updates === 0;
  if (last && fresh) return last;
  const model = await engine.call('distillStudent', {});
  await listModels().catch(() => undefined);
  return { model, title: says.studentAfter(state.updates) };
}

/** The same text, begun with the same prompt and drawn with the same noise, by the teacher and by the student as it is. */
export async function compareTexts(): Promise<void> {
  await compare('texts', async (state, signal) => {
    const { prompt, seed } = useComparison.getState();
    const columns = [teacherOf(state), await currentStudent(state)];
    useComparison.setState({ columns, asked: { prompt, seed }, texts: {} });
    const total = columns.length * COMPARED_STEPS.length;
    let done = 0;
    for (const steps of COMPARED_STEPS) {
      for (const { model, title } of columns) {
        useComparison.setState({
          progress: { done, total, what: says.what(title, steps) },
        });
        const options: SampleOptions = {
          ...{ model, steps, seed, length: state.options.length },
          ...(prompt === '' ? {} : { prompt }),
        };
        const { text } = await engine.call('sample', options, { signal });
        done += 1;
        useComparison.setState(({ texts }) => ({
          texts: { ...texts, [model]: { ...texts[model], [steps]: text[0].trim() } },
        }));
      }
    }
  });
}

/** Who can judge what a model writes: a causal model with as many tokens. */
export function judgeOf(teacher: string): string | undefined {
  const { models } = useEngine.getState();
  const vocabulary = models.find(({ id }) => id === teacher)?.vocabulary;
  return models.find((model) => model.kind === 'causal' && model.vocabulary === vocabulary)?.id;
}

/** Whose texts are judged: the teacher's, and those of the student of each finished round. */
export const judgedOf = (state: DistillState): Compared[] => [teacherOf(state), ...studentsOf(state)];

/** Perplexity and entropy of what they write, against steps: all that is not measured yet. */
export async function compareQuality(): Promise<void> {
  useComparison.setState({ held: false });
  await compare('quality', async (state, signal) => {
    const judge = judgeOf(state.options.teacher);
    if (judge === undefined) return;
    const { count, seed: asked, measured: before } = useComparison.getState();
    const judged = judgedOf(state);
    // Points of another number of texts do not stand beside these; those that do were drawn by one seed.
    const measured = before?.count === count ? before : { count, seed: asked };
    useComparison.setState({ judged, judge, measured, ...(measured === before ? {} : { quality: {} }) });
    const missing = missingPoints(judged, useComparison.getState());
    const total = pointsOf(judged).length;
    let done = total - missing.length;
    const { seed } = measured;
    for (const { model: of, steps } of missing) {
      const { model, title } = of;
      useComparison.setState({
        progress: { done, total, what: says.what(title, steps) },
      });
      const options: SampleOptions = { model, steps, seed, count, length: state.options.length };
      const { tokens } = await engine.call('sample', options, { signal });
      const score = await engine.call('score', { model: judge, tokens }, { signal });
      done += 1;
      useComparison.setState(({ quality }) => ({
        quality: { ...quality, [model]: [...(quality[model] ?? []), qualityAt(steps, score)] },
      }));
    }
  });
}

/** Measure all of it anew, by the seed that is given now. */
export async function measureAgain(): Promise<void> {
  useComparison.setState({ quality: {}, measured: undefined });
  await compareQuality();
}

/** Stop measuring until the visitor goes on with it; points that are there stay. */
export function pauseQuality(): void {
  useComparison.setState({ held: true });
  current?.abort();
}

/** Stop measuring; it begins by itself once another round is done. */
export function cancelQuality(): void {
  const { state } = useDistill.getState();
  useComparison.setState({ held: false, cancelledAt: state ? studentsOf(state).length : 0 });
  current?.abort();
}

/** Whether the student of a finished round is to be measured by itself now. */
function measuresNow(state: DistillState): boolean {
  const comparison = useComparison.getState();
  const { status } = useDistill.getState();
  const done = studentsOf(state).length;
  return (
    done > 0 &&
    comparison.status === 'idle' &&
    !comparison.failure &&
    !(comparison.run === state.run && (comparison.held || comparison.cancelledAt >= done)) &&
    // Whoever else runs it waits for its end, and a round that ends by itself is paused at once.
    (status === 'paused' ||
      (status === 'running' && useDistill.getState().until === 'end' && !runsElsewhere())) &&
    judgeOf(state.options.teacher) !== undefined &&
    missingPoints(judgedOf(state), comparison).length > 0
  );
}

/**
 * What is compared by itself behind a round: how good the texts are that its student writes, for which what runs waits; and,
 * while nothing runs, a text of it.
 */
export async function compareFinished(): Promise<void> {
  const { state, status, failure } = useDistill.getState();
  if (!state || failure || useComparison.getState().status !== 'idle') return;
  const last = studentsOf(state).at(-1);
  const { run, columns } = useComparison.getState();
  const there = run === state.run && columns.some(({ model }) => model === last?.model);
  const fresh = state.finished || state.rounds[state.round - 1]?.updates === 0;
  if (last && !there && fresh && status === 'paused' && !useDistill.getState().waits) await compareTexts();
  if (measuresNow(state)) await compareQuality();
}
