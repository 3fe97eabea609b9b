import { localised } from '../../../words/localised.ts';

/** What several measures say: `field` is the name of an option, or a place in it, and `shown` what it holds. */
export const evaluateWords = localised({
  gpuLost: 'The GPU was lost: evaluate again, and it goes on.',
  /** @param why one sentence */
  keptSoFar: (why: string) =>
    `${why} Texts and scores so far are kept: the same evaluation goes on with them.`,
  unreadable: (model: string) => `The weights of ${model} can no longer be read: open the model again.`,
  /** An array that holds nothing. */
  empty: 'empty',
  notArray: (field: string, shown: string, most: number) =>
    `${field} is ${shown}: give an array of 1 to ${most}.`,
  holds: (field: string, count: number, most: number) =>
    `${field} holds ${count} values: give an array of 1 to ${most}.`,
  twice: (field: string, shown: string, first: string) =>
    `${field} is ${shown}, as ${first} is: give each once.`,
});
