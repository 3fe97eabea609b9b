import { localised } from '../../words/localised.ts';

/** What every backend refuses. `name` is that of the model. */
export const backendWords = localised({
  cannotDenoise: (name: string) =>
    `${name} is an autoregressive model; only masked-diffusion models can denoise.`,
  cannotContinue: (name: string) =>
    `${name} is a masked-diffusion model; only autoregressive models write from left to right.`,
  nothingBefore: (length: number) =>
    `length ${length}: nothing comes before the first token of a text, so give 2 or more.`,
  maskScored: (at: number, id: number) =>
    `tokens[${at}] is ${id}, the mask token, which has no likelihood: give ids from 0 to ${id - 1}.`,
  length: (length: number, name: string, longest: number) =>
    `length ${length}: ${name} takes 1 to ${longest} tokens.`,
  tokenCount: (ids: number, batch: number, length: number) =>
    `tokens: ${ids} ids for ${batch} x ${length} slots.`,
  unknownToken: (id: number, name: string, largest: number) =>
    `tokens: id ${id} is not in the vocabulary of ${name} (0 to ${largest}).`,
  noSuchRow: (at: number, row: number, largest: number) =>
    `rows[${at}] is ${row}: there are rows 0 to ${largest}.`,
  rowTwice: (row: number) => `rows holds ${row} twice: name each row once.`,
  closed: (name: string) => `${name} has been closed.`,
});
