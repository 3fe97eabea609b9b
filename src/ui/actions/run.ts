import { UnmaskError } from '../../worker/client.ts';
import type { StepEvent, Vocabulary } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { watch } from '../messages/watch.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import {
  plannedRun,
  useWatch,
  withCost,
  withPlan,
  withStep,
  withStop,
  type Settings,
} from '../stores/watch.ts';
import { perFrame } from './per-frame.ts';
import { toFailure } from './failure.ts';

let current: AbortController | undefined;

/** What the slots of a model may show; asked for once. */
export async function vocabularyOf(model: string, signal: AbortSignal): Promise<Vocabulary> {
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

/** @throws UnmaskError 'argument' for a canvas that is longer than the model's texts */
export function checkLength(
  { slots, model }: Pick<Settings, 'slots' | 'model'>,
  given: 0 | 1,
  longest: number,
): void {
  if (slots + given <= longest) return;
  throw new UnmaskError('argument', watch.notices.tooLong(model, longest - given));
}

/**
 * Run the model with the settings of the Watch view; a run that is under way is stopped first.
 * @param linked it is what a link asks for, which may ask for more
 * @param handover it takes the place of the same run, recorded, once it is whole; till then that one plays on
 */
export async function run({
  handover = false,
  linked = handover,
}: { handover?: boolean; linked?: boolean } = {}): Promise<void> {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  const { settings } = useWatch.getState();
  const { model } = settings;
  useWatch.setState({ asked: settings, status: 'loading', failure: undefined, pending: undefined });
  if (!linked) useWatch.setState({ notice: undefined, wish: undefined });
  // What a call from the console may have left.
  useEngine.setState({ opening: undefined });
  // A GPU makes many passes in the time of a frame, and a screen shows one of them.
  const steps = perFrame<StepEvent>((came) => {
    if (current !== controller) return;
    useWatch.setState((state) => came.reduce((next, step) => ({ ...next, ...withStep(next, step) }), state));
  });
  try {
    const { length } = await engine.call('load', { model }, { signal });
    const vocabulary = await vocabularyOf(model, signal);
    const given = settings.bos ? beginnings(vocabulary) : 0;
    checkLength(settings, given, length);
    const result = await engine.call('sample', sampleOptions(settings, given), {
      signal,
      onPlan: (plan) => {
        useEngine.setState({ opening: undefined });
        const planned = plannedRun(plan, settings, vocabulary, given);
        useWatch.setState((state) => withPlan(state, planned, handover));
      },
      onStep: steps.add,
    });
    steps.flush();
    // What has taken the canvas meanwhile did not cost this.
    if (current === controller) useWatch.setState((state) => withCost(state, result));
  } catch (error) {
    // The run that took over tells how it goes.
    if (current !== controller) return;
    useEngine.setState({ opening: undefined });
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    steps.flush();
    useWatch.setState((state) => ({
      ...withStop(state),
      ...(stopped ? {} : { failure: toFailure(error) }),
    }));
  }
}

/** Give the run up without a word: something else takes the canvas. */
export function leaveRun(): void {
  current?.abort();
  current = undefined;
  useEngine.setState({ opening: undefined });
}

/** Stop the run; what it wrote so far stays. */
export function stop(): void {
  current?.abort();
}
