import { localised } from '../../words/localised.ts';

/** Why a plan cannot be made. */
export const planWords = localised({
  eps: (eps: number) => `eps is ${eps}: give a time between 0 and 1, such as 1e-5.`,
  initialLength: (tokens: number, slots: number) =>
    `initial holds ${tokens} tokens: give one for each of the ${slots} slots.`,
  /** @param what a field, or one of `tokens` */
  isMask: (what: string, id: number, largest: number) =>
    `${what} is ${id}, the mask token: give an id from 0 to ${largest}.`,
  isNoToken: (what: string, id: number, largest: number) =>
    `${what} is ${id}, not a token of this model: give an id from 0 to ${largest}.`,
  /** Positions of pins are as they were given: perhaps no numbers. */
  tokens: {
    prompt: (position: number) => `The token at position ${position} of the prompt`,
    pinned: (position: string) => `The token pinned at position ${position}`,
  },
  fromAutoregressive:
    'from is given, but an autoregressive model goes on from what stands before: give that as its start.',
  nothingToBeginWith: 'An autoregressive model needs a token to begin with: give its BOS, or a prompt.',
  givenBehind: (position: number) =>
    `A token is given at position ${position}, behind ones that are to be written: an autoregressive model writes from left to right, so leave it out.`,
  promptTooLong: (takes: number, slots: number) =>
    `The prompt takes ${takes} slots of ${slots}: shorten it or raise length.`,
  promptWithBosTooLong: (takes: number, slots: number) =>
    `The prompt, with its BOS, takes ${takes} slots of ${slots}: shorten it or raise length.`,
  pinnedOutside: (position: string, last: number) =>
    `A token is pinned at position ${position}: positions go from 0 to ${last}.`,
  pinnedOnPrompt: (position: string, first: number) =>
    `A token is pinned at position ${position}, which the prompt already holds: pin at ${first} or later.`,
});
