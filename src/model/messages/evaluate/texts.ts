import { localised } from '../../../words/localised.ts';

/** Why given texts cannot be read: `text` is the number of one, from 1. */
export const textWords = localised({
  tooLong: (text: number, characters: number) =>
    `Text ${text} has ${characters} characters that cannot be tokenised in pieces: give it as several texts.`,
  noLastWord: (text: number) => `Text ${text} has no last word: give texts of two words or more.`,
  /** @param most tokens that the model takes */
  lastWordTooLong: (text: number, tokens: number, model: string, most: number) =>
    `Text ${text} ends in a word of ${tokens} tokens, but ${model} takes ${most} in all: shorten the word.`,
  noFullStop: (model: string) =>
    `ending is "full stop", but ${model} came without a tokenizer: give "nothing".`,
});
