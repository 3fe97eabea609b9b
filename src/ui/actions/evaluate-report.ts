import type {
  EvaluatedPoint,
  EvaluateOptions,
  EvaluateProgress,
  Evaluation,
} from '../../worker/evaluate/result.ts';
import type { CallName, Calls } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { judgeOf, reportCalls, type ReportCalls, type ReportForm } from '../evaluate/report/asked.ts';
import { reportFile, reportName } from '../evaluate/report/html.ts';
import { holdsAsMuch, type Part, type ReportData } from '../evaluate/report/report.ts';
import type { SweepLook } from '../evaluate/report/words.ts';
import css from '../evaluate/report/report.css?raw';
import { report as words } from '../messages/evaluate/report.ts';
import { beginnings, useEngine, type Failure } from '../stores/engine.ts';
import { useReport, type ReportStage } from '../stores/evaluate-report.ts';
import { saveFile, type Saved } from './download.ts';
import { toFailure } from './failure.ts';
import { outcome } from './self-test.ts';
import { readTextFiles } from './texts.ts';

let running: AbortController | undefined;

/** Change what the next report is asked for; why there was none is told no longer. */
export function setReportForm(changed: Partial<ReportForm>): void {
  useReport.setState(({ form }) => ({ form: { ...form, ...changed }, failure: undefined }));
}

/** Take the texts of files. @returns what is wrong with them */
export async function takeReportTexts(
  name: 'heldOut' | 'reference',
  files: readonly File[],
): Promise<Failure | undefined> {
  try {
    const file = await readTextFiles(files);
    if (file) setReportForm({ [name]: { ...useReport.getState().form[name], file } });
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

/** One part of it, with what was told on the way. Nothing is asked once the report was cancelled. */
async function ask<K extends CallName>(
  call: K,
  options: Calls[K]['options'],
  signal: AbortSignal,
  onEvaluate: (progress: EvaluateProgress) => void,
): Promise<Part<Calls[K]['result']>> {
  if (signal.aborted) return { missing: words.missing.cancelled };
  const task = await outcome(engine.call(call, options, { signal, onEvaluate }));
  if (task.state === 'done') return { result: task.result };
  return { missing: task.state === 'failed' ? task.failure.message : words.missing.cancelled };
}

/** The points of a sweep that did not get to its end, as a sweep of what is there. */
function partial(
  points: readonly EvaluatedPoint[],
  { models, sweep: { steps = [], count = 0, length = 0, seed = 0, judge: asked } }: ReportCalls,
  why: string,
): Part<Evaluation> {
  if (points.length === 0) return { missing: why };
  const { ready, models: known, vocabularies } = useEngine.getState();
  const judge = judgeOf(asked, models[0], known);
  const order = (point: EvaluatedPoint): number => models.findIndex(({ id }) => id === point.model);
  return {
    incomplete: words.missing.partial(why),
    result: {
      version: 1,
      settings: {
        // As the engine fills them in where nothing is asked for.
        ...{ steps, count, length, prompt: '', sampler: 'ancestral', temperature: 1, topP: 1, seed },
        bos: beginnings(vocabularies[models[0].id]) === 1,
      },
      models: models.map(({ id, title, kind, nativeSteps }) => ({
        ...{ id, title, kind, hash: '', weights: 'f16' as const },
        ...(nativeSteps === undefined ? {} : { nativeSteps }),
      })),
      ...(judge
        ? {
            judge: {
              ...judge,
              backend: typeof asked === 'object' ? 'onnxruntime-web' : (ready?.backend ?? ''),
            },
          }
        : {}),
      ...{ backend: ready?.backend ?? '', adapter: ready?.adapter ?? '', date: new Date().toISOString() },
      points: points.toSorted((a, b) => order(a) - order(b) || a.steps - b.steps),
    },
  };
}

/** Measure all that a report is asked for, one after the other. What was done when it is cancelled is laid out. */
export async function makeReport(judge: EvaluateOptions['judge']): Promise<void> {
  const { models: known } = useEngine.getState();
  const asked = reportCalls(useReport.getState().form, known, judge);
  if ('errors' in asked) return;
  const { calls } = asked;
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const { signal } = controller;
  const enter = (stage: ReportStage): void => {
    if (running === controller && !signal.aborted)
      useReport.setState({ stage, progress: undefined, failure: undefined, cancelled: undefined });
  };
  const points = new Map<string, EvaluatedPoint>();
  const onEvaluate = (progress: EvaluateProgress): void => {
    if (running !== controller) return;
    useReport.setState({ progress });
  };

  enter('sweep');
  const swept = await ask('evaluate', calls.sweep, signal, (progress) => {
    const { point } = progress;
    if (point) points.set(`${point.model} ${point.steps}`, point);
    onEvaluate(progress);
  });
  const sweep = 'missing' in swept ? partial([...points.values()], calls, swept.missing) : swept;
  enter('lastWord');
  const lastWord = await ask('lastWord', calls.lastWord, signal, onEvaluate);
  enter('bound');
  const bound = calls.bound
    ? await ask('bound', calls.bound, signal, onEvaluate)
    : { missing: words.missing.heldOut };
  enter('mauve');
  const mauve = calls.mauve
    ? await ask('mauve', calls.mauve, signal, onEvaluate)
    : { missing: words.missing.reference };

  if (running !== controller) return;
  const parts = { sweep, lastWord, bound, mauve };
  const any = Object.values(parts).some((part) => 'result' in part);
  const stopped = 'missing' in swept ? swept.missing : undefined;
  const report: ReportData = {
    ...parts,
    date: new Date().toISOString(),
    models: calls.models.map(({ id, title, kind, nativeSteps }) => ({
      ...{ id, title, kind },
      ...(nativeSteps === undefined ? {} : { nativeSteps }),
    })),
    adapter: useEngine.getState().ready?.adapter ?? '',
  };
  const { report: before } = useReport.getState();
  // What did not get to its end must not take the place of more.
  const whole = stopped === undefined && !signal.aborted;
  const laidOut = any && (whole || before === undefined || holdsAsMuch(report, before));
  useReport.setState({
    ...{ stage: undefined, progress: undefined },
    ...(laidOut ? { report } : {}),
    cancelled: !signal.aborted ? undefined : laidOut ? 'laid out' : any ? 'less' : 'nothing',
    failure:
      !laidOut && stopped !== undefined && !signal.aborted
        ? { code: 'argument', message: stopped }
        : undefined,
  });
}

/** Stop it; what is measured so far is laid out. */
export function stopReport(): void {
  running?.abort();
}

/** Print the sheet, or save it as PDF, under the name that its file would have. */
export function printReport(): void {
  const { report } = useReport.getState();
  if (!report) return;
  const { title } = document;
  // Browsers propose it as the name of the PDF.
  document.title = reportName(report).replace(/\.html$/, '');
  addEventListener(
    'afterprint',
    () => {
      document.title = title;
    },
    { once: true },
  );
  print();
}

/** Save the report as a file that stands by itself. */
export function saveReport(look: SweepLook): Saved | undefined {
  const { report } = useReport.getState();
  if (!report) return undefined;
  const html = new Blob([reportFile(report, look, css)], { type: 'text/html;charset=utf-8' });
  return saveFile(html, reportName(report));
}
