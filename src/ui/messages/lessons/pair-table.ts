import { share } from '../../../words/numbers.ts';
import { localised } from '../../../words/localised.ts';

/** Two slots, drawn at once or one after the other. Pairs of tokens are named as in "“a” | “dog”". */
export const pairTable = localised({
  slots: ['First slot', 'Second slot'],
  slot: (slot: number) => `${slot}`,
  hint: 'A click on a masked slot of the canvas chooses it too.',
  search: 'Find two that disagree',
  searching: 'Looking …',
  /** The likeliest pair of one step, and its chance both ways. */
  product: (pair: string, product: number, joint: number) =>
    `Drawn at once, the likeliest pair is ${pair}, with ${share(product)}; one after the other it has ${share(joint)}.`,
  joint: (pair: string, joint: number, product: number) =>
    `One after the other, ${pair} is likeliest, with ${share(joint)}; drawn at once it has ${share(product)}.`,
  same: 'It is the likeliest either way.',
  overrated: (pair: string, product: number, joint: number) =>
    `Drawn too often in one step: ${pair}, ${share(product)} instead of ${share(joint)}.`,
  /** Total variation, in words; slots count from 1. */
  apart: {
    hardly: (a: number, b: number, distance: number) =>
      `Here the two hardly differ: to know slot ${a} moves only ${share(distance)} of the chance in slot ${b}. They can be drawn together.`,
    little: (a: number, b: number, distance: number) =>
      `To know slot ${a} moves ${share(distance)} of the chance in slot ${b} to other tokens, on average.`,
    much: (a: number, b: number, distance: number) =>
      `To know slot ${a} moves ${share(distance)} of the chance in slot ${b} to other tokens, on average: drawn in one step, they ignore that.`,
  },
  held: (a: number, held: number) =>
    `The tokens of slot ${a} that were tried hold ${share(held)} of its chance.`,
  caption: (a: number, b: number) => `Rows: tokens of slot ${a}. Columns: tokens of slot ${b}.`,
  key: { product: 'at once', joint: 'one after the other' },
  cell: (product: number, joint: number) => `at once ${share(product)}, one after the other ${share(joint)}`,
});
