import type { LoadProgress } from '../../worker/protocol.ts';
import { shared } from '../messages/shared.ts';
import { watch } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';

/** One recorded step, as a sentence. */
export interface Moment {
  /** Nominal steps; 0 for first-hitting. */
  steps: number;
  /** Nominal step, and how many tokens came in it; undefined before the first. */
  current: { step: number; tokens: number } | undefined;
  /** Slots still masked. */
  masked: number;
}

/** What happens at this moment: "Step 3 of 8: five tokens at once." */
export function sentence({ steps, current, masked }: Moment): string {
  if (!current) return watch.moment.start(masked);
  const { step, tokens } = current;
  if (steps === 0) return watch.moment.pass(step, tokens);
  return step > steps ? watch.moment.final(tokens) : watch.moment.step(step, steps, tokens);
}

/** The same for those who listen, in numbers: "Step 3 of 4: 8 new, 4 masked". */
export function announcement({ steps, current, masked }: Moment): string {
  if (!current) return watch.announced.start(masked);
  const { step, tokens } = current;
  if (steps === 0) return watch.announced.pass(step, tokens, masked);
  return step > steps
    ? watch.announced.final(tokens, masked)
    : watch.announced.step(step, steps, tokens, masked);
}

/** How a stage is called on a backend: without a GPU nothing is moved to one. */
export const stageOn = (
  stage: LoadProgress['stage'],
  backend: string | undefined,
): LoadProgress['stage'] | 'onCpu' => (stage === 'upload' && backend === 'wasm' ? 'onCpu' : stage);

/** What the opening of a model is at. @param stage undefined before the first @param backend that answers */
export const loadingSentence = (
  stage: LoadProgress['stage'] | undefined,
  title: string,
  backend = useEngine.getState().ready?.backend,
): string => shared.opening[stage ? stageOn(stage, backend) : 'begins'](title);

/**
 * How long a step is shown, and how long the machine took for the run.
 * @param pace milliseconds
 * @param texts that the run wrote
 */
export function timesSentence(
  pace: number,
  cost: { gpuMilliseconds?: number; milliseconds: number; forwardPasses: number } | undefined,
  texts: number,
): string {
  const shown = watch.times.shown(pace / 1000);
  if (!cost) return shown;
  const { gpuMilliseconds: gpu, milliseconds, forwardPasses: passes } = cost;
  const took =
    gpu === undefined
      ? watch.times.machine(milliseconds, passes, texts)
      : watch.times.gpu(gpu, passes, texts);
  return `${shown} ${took}`;
}

/**
 * How many forward passes to expect: each of `slots` falls into one of `steps` steps, evenly, and an empty step costs
 * nothing.
 */
export function expectedPasses(steps: number, slots: number): number {
  return steps * (1 - (1 - 1 / steps) ** slots);
}
