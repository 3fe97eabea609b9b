import { localised } from '../../words/localised.ts';

/** Why texts are nothing to train on; `text` is the number of one. */
export const dataWords = localised({
  notIds: (text: number, word: string, largest: number) =>
    `Text ${text} has "${word}" in it: the model came without a tokenizer, so give token ids from 0 to ${largest}, separated by spaces.`,
  loneSurrogate: (text: number) => `Text ${text} holds half of a character (a lone surrogate): take it out.`,
  /** @param why a sentence of the tokenizer */
  noTokens: (text: number, why: string) => `Text ${text} cannot be written in tokens: ${why}`,
  none: 'data has no text: give at least one.',
  blank: 'data holds nothing but white space: give texts with words in them.',
  tooShort: (tokens: number, length: number) =>
    `data is ${tokens} tokens long, but ${2 * length} are needed, ${length} to train on and ${length} to hold out: give more text, or a smaller length.`,
});
