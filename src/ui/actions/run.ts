import { UnmaskError } from '../../worker/client.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { plannedRun, useWatch, withCost, withPlan, withStep, type Settings } from '../stores/watch.ts';
import { toFailure } from './failure.ts';

let current: AbortController | undefined;

/** What the slots of a model may show; asked for once. */
async function vocabularyOf(model: string, signal: AbortSignal): Promise<Vocabulary> {
  const known = useEngine.getState().vocabularies[model] as Vocabulary | undefined;
  if (known) return known;
  const vocabulary = await engine.call('vocabulary', { model }, { signal });
  useEngine.setState(({ vocabularies }) => ({ vocabularies: { ...vocabularies, [model]: vocabulary } }));
  return vocabulary;
}

/** The settings as the engine takes them: its positions count the token that begins a text, the slots do not. */
export function sampleOptions({ slots, pins, prompt, ...options }: Settings, given: 0 | 1) {
  const pinned = Object.fromEntries(
    Object.entries(pins).map(([slot, token]) => [Number(slot) + given, token]),
  );
  return { ...options, length: slots + given, pinned, ...(prompt === '' ? {} : { prompt }) };
}

/**
 * Run the model with the settings of the Watch view; a run that is under way is stopped first.
 * @param handover it takes the place of the same run, recorded, once it is whole; till then that one plays on
 */
export async function run({ handover = false } = {}): Promise<void> {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  const { settings } = useWatch.getState();
  const { model } = settings;
  useWatch.setState({ status: 'loading', failure: undefined, pending: undefined });
  // What a call from the console may have left.
  useEngine.setState({ opening: undefined });
  try {
    await engine.call('load', { model }, { signal });
    const vocabulary = await vocabularyOf(model, signal);
    const given = settings.bos ? beginnings(vocabulary) : 0;
    const result = await engine.call('sample', sampleOptions(settings, given), {
      signal,
      onPlan: (plan) => {
        useEngine.setState({ opening: undefined });
        const planned = plannedRun(plan, settings, vocabulary, given);
        useWatch.setState((state) => withPlan(state, planned, handover));
      },
      onStep: (step) => {
        useWatch.setState((state) => withStep(state, step));
      },
    });
    useWatch.setState((state) => withCost(state, result));
  } catch (error) {
    // The run that took over tells how it goes.
    if (current !== controller) return;
    useEngine.setState({ opening: undefined });
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    useWatch.setState({
      ...{ status: 'stopped', pending: undefined },
      ...(stopped ? {} : { failure: toFailure(error) }),
    });
  }
}

/** Stop the run; what it wrote so far stays. */
export function stop(): void {
  current?.abort();
}
