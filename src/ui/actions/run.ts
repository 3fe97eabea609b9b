import { UnmaskError } from '../../worker/client.ts';
import { engine } from '../engine.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { useWatch, withPlan, withStep } from '../stores/watch.ts';
import { toFailure } from './failure.ts';

let current: AbortController | undefined;

/** Run the model with the settings of the Watch view; a run that is under way is stopped first. */
export async function run(): Promise<void> {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  const { signal } = controller;
  const { model, prompt, slots, pins, ...options } = useWatch.getState().settings;
  useWatch.setState({ status: 'loading', failure: undefined });
  // What a call from the console may have left.
  useEngine.setState({ progress: undefined });
  try {
    await engine.call('load', { model }, { signal });
    if (!(model in useEngine.getState().vocabularies)) {
      const vocabulary = await engine.call('vocabulary', { model }, { signal });
      useEngine.setState(({ vocabularies }) => ({ vocabularies: { ...vocabularies, [model]: vocabulary } }));
    }
    const begin = options.bos ? beginnings(useEngine.getState().vocabularies[model]) : 0;
    const pinned = Object.fromEntries(
      Object.entries(pins).map(([slot, token]) => [Number(slot) + begin, token]),
    );
    const result = await engine.call(
      'sample',
      { model, ...options, pinned, length: slots + begin, ...(prompt === '' ? {} : { prompt }) },
      {
        signal,
        onPlan: (plan) => {
          useEngine.setState({ progress: undefined });
          useWatch.setState(withPlan(plan));
        },
        onStep: (step) => {
          useWatch.setState((state) => withStep(state, step));
        },
      },
    );
    const { forwardPasses, dispatches, submits, milliseconds } = result;
    useWatch.setState({ status: 'done', cost: { forwardPasses, dispatches, submits, milliseconds } });
  } catch (error) {
    // The run that took over tells how it goes.
    if (current !== controller) return;
    useEngine.setState({ progress: undefined });
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    useWatch.setState(stopped ? { status: 'stopped' } : { status: 'stopped', failure: toFailure(error) });
  }
}

/** Stop the run; what it wrote so far stays. */
export function stop(): void {
  current?.abort();
}
