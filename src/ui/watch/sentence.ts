import type { LoadProgress } from '../../worker/protocol.ts';
import { duration } from './numbers.ts';

const WORDS = [
  ...['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
  ...['twenty', 'twenty-one', 'twenty-two', 'twenty-three', 'twenty-four', 'twenty-five', 'twenty-six'],
  ...['twenty-seven', 'twenty-eight', 'twenty-nine', 'thirty', 'thirty-one', 'thirty-two'],
];

/** A count as English has it: words as far as they read well, then digits. */
export const inWords = (count: number): string => WORDS[count] ?? count.toLocaleString('en');

/** One recorded step, as a sentence. */
export interface Moment {
  /** Nominal steps; 0 for first-hitting. */
  steps: number;
  /** Nominal step, and how many tokens came in it; undefined before the first. */
  current: { step: number; tokens: number } | undefined;
  /** Slots still masked. */
  masked: number;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const tokens = (count: number): string => `${inWords(count)} ${count === 1 ? 'token' : 'tokens'}`;

/** What happens at this moment: "Step 3 of 8: five tokens at once." */
export function sentence({ steps, current, masked }: Moment): string {
  if (!current)
    return `${capital(inWords(masked))} masked ${masked === 1 ? 'slot' : 'slots'}, nothing written yet.`;
  const { step, tokens: count } = current;
  if (steps > 0 && step > steps) return `Final pass: ${tokens(count)}, the likeliest of all.`;
  const place =
    steps > 0 ? `Step ${step.toLocaleString('en')} of ${steps.toLocaleString('en')}` : `Pass ${step}`;
  return count === 1 ? `${place}: one token.` : `${place}: ${tokens(count)} at once.`;
}

/** The same for those who listen, in numbers: "Step 3 of 4: 8 new, 4 masked". */
export function announcement({ steps, current, masked }: Moment): string {
  if (!current) return `Start: ${masked} masked`;
  const { step, tokens: count } = current;
  const place = steps === 0 ? `Pass ${step}` : step > steps ? 'Final pass' : `Step ${step} of ${steps}`;
  return `${place}: ${count} new, ${masked} masked`;
}

/** What the opening of a model is at. */
export function loadingSentence(stage: LoadProgress['stage'] | undefined, title: string): string {
  switch (stage) {
    case undefined:
      return `Opening the ${title}.`;
    case 'fetch':
      return `Fetching the ${title}.`;
    case 'verify':
      return `Checking that the ${title} came whole.`;
    case 'upload':
      return `Moving the ${title} to the GPU.`;
    case 'compile':
      return 'Compiling the kernels for this GPU.';
  }
}

/**
 * How long a step is shown, and how long the machine took for the run.
 * @param texts that the run wrote
 */
export function timesSentence(
  pace: number,
  cost: { gpuMilliseconds?: number; milliseconds: number; forwardPasses: number } | undefined,
  texts: number,
): string {
  const shown = `A step is shown for ${(pace / 1000).toFixed(2)} s.`;
  if (!cost) return shown;
  const { gpuMilliseconds: gpu, milliseconds, forwardPasses: passes } = cost;
  const whose = gpu === undefined ? 'The machine took' : 'The GPU took';
  const all = passes === 1 ? 'for its one pass' : `for all ${passes.toLocaleString('en')} passes`;
  const of = texts === 1 ? '' : ` of all ${texts.toLocaleString('en')} texts`;
  return `${shown} ${whose} ${duration(gpu ?? milliseconds)} ${all}${of}.`;
}

/**
 * How many forward passes to expect: each of `slots` falls into one of `steps` steps, evenly, and an empty step costs
 * nothing.
 */
export function expectedPasses(steps: number, slots: number): number {
  return steps * (1 - (1 - 1 / steps) ** slots);
}
