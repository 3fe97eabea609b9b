import { UnmaskError } from '../../worker/client.ts';
import type { DistillOptions, DistillState } from '../../worker/distill/result.ts';
import { engine } from '../engine.ts';
import type { ModelInfo, Vocabulary } from '../../worker/protocol.ts';
import { cpuForm, firstForm, formOf, optionsOf, type FormErrors } from '../distill/form.ts';
import { distillSetup } from '../messages/distill-setup.ts';
import { FEW_TEXTS, useComparison } from '../stores/comparison.ts';
import { useDistill, withOpened } from '../stores/distill.ts';
import { beginnings, onCpu, useEngine } from '../stores/engine.ts';
import { keepComparisonOf } from './distill-compare.ts';
import { followDistill, listModels } from './distill-events.ts';
import { run } from './distill-run.ts';
import { setTeacher } from './distill-setup.ts';
import { toFailure } from './failure.ts';
import { vocabularyOf } from './run.ts';

let current: AbortController | undefined;

/** The runs in the store. */
export async function listSaved(): Promise<void> {
  try {
    useDistill.setState({ saved: await engine.call('distillSaved', {}) });
  } catch {
    // Without a store there is nothing to list; the run itself says why it is not saved.
    useDistill.setState({ saved: [] });
  }
}

/** What its texts are made of, by its teacher or, where that is gone, by a student, which has the same tokens. */
async function vocabularyOfRun(state: DistillState, signal: AbortSignal): Promise<Vocabulary | undefined> {
  const student = state.rounds.find(({ model }) => model !== undefined)?.model;
  for (const model of [state.options.teacher, ...(student === undefined ? [] : [student])]) {
    const vocabulary = await vocabularyOf(model, signal).catch(() => undefined);
    if (vocabulary) return vocabulary;
  }
  return undefined;
}

/** Show a distillation that the engine has open. */
export async function show(state: DistillState, signal: AbortSignal): Promise<void> {
  const { teacher } = state.options;
  const vocabulary = await vocabularyOfRun(state, signal);
  // A teacher from files may be gone, and none of its tokens is known then: all of them have a slot.
  const there = useEngine.getState().models.some(({ id }) => id === teacher);
  const given = vocabulary || there ? beginnings(vocabulary) : 0;
  keepComparisonOf(state.run);
  useDistill.setState(({ form }) => ({
    ...withOpened(state),
    ...{ vocabulary, given, waited: [], form: { ...form, ...formOf(state, given) } },
  }));
}

/** When the view opens: what the engine is at, and what is saved. */
export async function enterDistill(): Promise<void> {
  const { status } = useDistill.getState();
  if (status !== 'closed') return;
  const saved = listSaved();
  if (onCpu(useEngine.getState().ready)) {
    useDistill.setState(({ form }) => (form === firstForm ? { form: cpuForm } : {}));
    useComparison.setState(({ usual }) => (usual ? { count: FEW_TEXTS } : {}));
  }
  try {
    const state = await engine.call('distillState', {});
    if (state && useDistill.getState().status === 'closed') await show(state, new AbortController().signal);
  } catch (error) {
    useDistill.setState({ failure: toFailure(error) });
  }
  await saved;
}

/**
 * Open a distillation: a new one, or a saved one.
 * @returns whether it is open now
 */
export async function open(options: DistillOptions | { resume: string }): Promise<boolean> {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  const before = useDistill.getState().status;
  const resuming = 'resume' in options;
  useDistill.setState({ status: 'opening', failure: undefined, note: undefined, writing: undefined });
  const events = followDistill();
  try {
    const state = await engine.call('distillOpen', options, { signal, onDistill: events.add });
    events.flush();
    if (current !== controller) return false;
    await show(state, signal);
    void listSaved();
    // Students of the rounds that were done before.
    if (resuming) await listModels().catch(() => undefined);
    return true;
  } catch (error) {
    if (current !== controller) return false;
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    useDistill.setState(({ state }) => ({
      // What was open before is open still, unless the engine says otherwise.
      status: state && before !== 'closed' ? 'paused' : 'closed',
      writing: undefined,
      ...(stopped ? {} : { failure: toFailure(error) }),
    }));
    return false;
  } finally {
    if (current === controller) useEngine.setState({ opening: undefined });
  }
}

/** Give up the opening: the teacher may have many texts to write. */
export function cancelOpening(): void {
  current?.abort();
}

/** Models that can be a teacher. */
export const teachersOf = (models: readonly ModelInfo[]): ModelInfo[] =>
  models.filter(({ kind }) => kind !== 'causal');

/** What the form asks for, or what is wrong with it. */
export function asked(): { options: DistillOptions } | { errors: FormErrors } {
  const { form } = useDistill.getState();
  const { models, vocabularies } = useEngine.getState();
  const teacher = models.find(({ id }) => id === form.teacher);
  const given = beginnings(vocabularies[form.teacher]);
  const options = optionsOf(form, { longest: teacher?.length ?? 128, given });
  if (teacher || models.length === 0) return options;
  return { errors: { ...('errors' in options ? options.errors : {}), teacher: distillSetup.errors.gone } };
}

/** Open what the form asks for. @param going whether to run it at once */
export async function begin(going: boolean): Promise<void> {
  const options = asked();
  if ('errors' in options) return;
  if ((await open(options.options)) && going) await run('end');
}

/** Go on with a saved run; it waits for the visitor to start it. */
export async function resume(name: string): Promise<void> {
  await open({ resume: name });
}

/** A run is gone: where it was the open one, none is. */
export function forget(name: string): void {
  const { state, form } = useDistill.getState();
  if (state?.run !== name) return;
  useDistill.setState({
    ...withOpened(state),
    ...{ state: undefined, status: 'closed' },
    ...{ vocabulary: undefined, given: 1, waited: [] },
  });
  keepComparisonOf(undefined);
  // The next one begins with a model that there is.
  const teachers = teachersOf(useEngine.getState().models);
  if (teachers.length > 0 && !teachers.some(({ id }) => id === form.teacher)) setTeacher(teachers[0].id);
}

/** Give up the open run, or delete a saved one. What runs is stopped by the engine. */
export async function discard(name: string): Promise<void> {
  try {
    await engine.call('distillDiscard', { run: name });
    forget(name);
  } catch (error) {
    useDistill.setState({ failure: toFailure(error) });
  }
  await listSaved();
}
