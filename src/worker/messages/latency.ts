import { localised } from '../../words/localised.ts';

/** What is wrong with the options of a latency study: `shown` is what one holds. */
export const latencyWords = localised({
  shape: (shown: string, names: readonly string[]) =>
    `shape is ${shown}: give one of ${names.join(', ')}, or an object of hidden, blocks, heads and vocabulary.`,
  heads: (heads: number, hidden: number, most: number) =>
    `shape.heads is ${heads}: ${hidden} must divide into heads whose size is a multiple of 4 up to ${most}.`,
  steps: (shown: string) => `steps is ${shown}: give an array of numbers of steps, such as [4, 16, 64].`,
});
