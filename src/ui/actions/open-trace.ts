import { isTrace, MOST_TRACE_BYTES, readTraceBytes } from '../../trace/file.ts';
import { UnmaskError } from '../../worker/client.ts';
import type { ModelInfo, Vocabulary } from '../../worker/protocol.ts';
import { shared } from '../messages/shared.ts';
import { traces as words } from '../messages/traces.ts';
import { useEngine, type EngineState, type Failure } from '../stores/engine.ts';
import { importedRun, useWatch, withRun, type Run } from '../stores/watch.ts';
import { toFailure } from './failure.ts';
import type { LocalFile } from './local-models.ts';
import { leaveRun, run } from './run.ts';
import { hashOf } from './save-trace.ts';

/** Traces are JSON and so are parts of checkpoints: a file by itself is told by its name, else by what is in it. */
export async function traceAmong(files: readonly LocalFile[]): Promise<File | undefined> {
  const file = files.length === 1 ? files[0].file : undefined;
  if (!file || !/\.json$/i.test(file.name)) return undefined;
  if (/trace/i.test(file.name)) return file;
  try {
    return file.size <= MOST_TRACE_BYTES && isTrace(JSON.parse(await file.text())) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Files whose names say that they are part of a checkpoint. */
const OF_CHECKPOINT = /config|tokenizer|\.index\.json$/i;

/** What is said of a JSON file by itself that is no trace (`traceAmong`), unless its name says that it is of a checkpoint. */
export function neitherAmong(files: readonly LocalFile[]): Failure | undefined {
  const name = files.length === 1 ? files[0].file.name : '';
  return /\.json$/i.test(name) && !OF_CHECKPOINT.test(name)
    ? { code: 'file-format', message: words.neither(name) }
    : undefined;
}

/**
 * Play a run of a file. Where it cannot be read, nothing changes.
 * @returns what went wrong, or the name of the file
 */
export async function openTrace(file: File): Promise<Failure | { trace: string }> {
  const refused = (message: string): Failure => ({ code: 'file-format', message });
  try {
    if (file.size > MOST_TRACE_BYTES) return refused(words.tooLarge(file.size / 1e6, MOST_TRACE_BYTES / 1e6));
    const bytes = await file.arrayBuffer().catch((cause: unknown) => {
      throw new UnmaskError('file-truncated', shared.unreadable(file.name), { cause });
    });
    const read = readTraceBytes(new Uint8Array(bytes));
    if ('problem' in read) return refused(read.problem);
    const { text, traces } = read.file;
    if (text !== undefined && text !== hashOf(traces)) return refused(words.changed(text, hashOf(traces)));
    leaveRun();
    useWatch.setState({
      ...withRun(importedRun(read.file, file.name)),
      ...{ status: 'done', asked: undefined, wish: undefined, notice: undefined, slot: undefined },
    });
    return { trace: file.name };
  } catch (error) {
    return toFailure(error);
  }
}

/** The model of this id, where one is here that can write. */
const modelHere = ({ settings, traces }: Run, models: readonly ModelInfo[]): ModelInfo | undefined =>
  models.find(
    ({ id, kind, vocabulary }) =>
      id === settings.model && kind !== 'causal' && vocabulary === traces[0].maskId + 1,
  );

/** Whether the settings of an imported run can be run here: a model of its name and vocabulary is known. */
export const canRunHere = (imported: Run, { models, failure }: EngineState): boolean =>
  failure === undefined && modelHere(imported, models) !== undefined;

/** Whether the tokens of a file are the same words for a model. */
const sameWordsAs = ({ pieces = {} }: Vocabulary, { pieces: own = {} }: Vocabulary): boolean =>
  Object.entries(pieces).every(([id, text]) => own[Number(id)] === text);

/**
 * Why the model cannot be asked what it held possible in a run.
 * @returns undefined where it can: the engine runs, and the model that wrote the run is here
 */
export function whyNoCandidates(
  imported: Run,
  { models, failure, ready, vocabularies }: EngineState,
): string | undefined {
  if (failure !== undefined || ready === undefined) return words.noEngine;
  const here = modelHere(imported, models);
  const title = imported.file?.content.model?.title ?? imported.settings.model;
  if (!here) return words.noModel(title);
  const told = imported.file?.content.model;
  const known = vocabularies[here.id] as Vocabulary | undefined;
  const other =
    (told !== undefined && told.bytes !== here.bytes) ||
    (known !== undefined && imported.vocabulary !== undefined && !sameWordsAs(imported.vocabulary, known));
  return other ? words.otherModel(title) : undefined;
}

/** Write the run of the file anew, here. */
export function runImported(): void {
  const { run: shown } = useWatch.getState();
  if (!shown) return;
  useWatch.setState({ settings: shown.settings });
  void run();
}

/** Why the candidates of the run on the canvas are not to be had, if it is one of a file. */
export const useWhyNoCandidates = (shown: Run | undefined): string | undefined =>
  useEngine((state) => (shown?.origin === 'imported' ? whyNoCandidates(shown, state) : undefined));
