import { localised } from '../../words/localised.ts';

/** What is wrong with `from`, where a run begins that begins in the middle: `shown` is what an option holds. */
export const fromWords = localised({
  array: (field: string, shown: string) => `${field} is ${shown}: give an array.`,
  time: (shown: string) => `from.t is ${shown}: give a time above 0 and at most 1.`,
  from: (shown: string) => `from is ${shown}: give { tokens, step }.`,
  causal: (model: string) => `from is given, but ${model} is autoregressive: give it a prompt to go on from.`,
  beside:
    'from is given together with prompt or pinned: put their tokens into from.tokens and leave them out.',
  length: (ids: number, shown: string) =>
    `from.tokens holds ${ids} ids, but length is ${shown}: leave length out.`,
  noneMasked: (maskId: number) =>
    `from.tokens has no masked slot, so there is nothing to write: put ${maskId} into one.`,
});
