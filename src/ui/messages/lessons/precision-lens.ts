import { number, share } from '../../../words/numbers.ts';
import { localised } from '../../../words/localised.ts';

const bits = (entropy: number): string => number(entropy, 3);

/** A masked slot, and what float32 noise makes of its law. */
export const precisionLens = localised({
  slot: 'Slot',
  steps: 'Steps of the run',
  temperature: 'Temperature',
  never: (steps: number, tokens: number, probability: number) =>
    `In ${steps === 1 ? 'one step' : `a run of ${number(steps)} steps`}, noise of 32-bit floats can never draw ${share(tokens)} of the tokens here. Together they have ${share(probability)} of the chance.`,
  all: (steps: number) =>
    `In ${steps === 1 ? 'one step' : `a run of ${number(steps)} steps`}, noise of 32-bit floats can still draw every token here.`,
  entropy: (exact: number, naive: number, safe: number) =>
    `The law has an entropy of ${bits(exact)} nats; with that noise it is ${bits(naive)}, with the noise of this page ${bits(safe)}.`,
  apart: (distance: number) => `With it, ${share(distance)} of the draws come out otherwise.`,
  tiny: (distance: number) =>
    distance < 1e-6
      ? 'Of a million draws not one would come out otherwise.'
      : `The difference is tiny: one draw in ${number(Math.round(1 / distance))} would come out otherwise, and nobody would see it in a text.`,
  stay: (exact: number, naive: number) =>
    `That the slot stays masked in this step has chance ${number(exact, 4)}; that noise makes it ${number(naive, 4)}.`,
  axes: { rank: 'rank of the token', chance: 'chance, log scale' },
  figure:
    'Chance of each token by its rank, on logarithmic axes: the exact law, and what each noise makes of it.',
  curves: { exact: 'exact', naive: '32-bit floats', safe: 'this page' },
  none: 'never',
});
