import { localised } from '../../../words/localised.ts';
import { number } from '../../../words/numbers.ts';

/** What texts are refused for whose perplexity is asked for. */
export const boundWords = localised({
  /** @param shown what `texts` holds */
  notTexts: (shown: string) => `texts is ${shown}: give an array of texts.`,
  nothing: 'texts hold nothing to be foretold: give texts of two words or more.',
  tooManyWindows: (most: number, tokens: number) =>
    `texts have more than ${number(most)} windows of ${tokens} tokens: give shorter texts, or fewer.`,
  tooManyPasses: (most: number) =>
    `texts, draws and models make more than ${number(most)} passes: ask for fewer draws or models, or give a shorter text.`,
});

/** What texts are refused for whose last words are to be guessed. */
export const lastWordWords = localised({
  /** @param shown what `items` holds */
  notItems: (shown: string) => `items is ${shown}: give texts, a .jsonl file of them, or leave it out.`,
  tooShort: (field: string, shown: string) => `${field} is ${shown}: give a text of two words or more.`,
  noLines: (file: string) => `${file} has no lines: choose a .jsonl file of { "text": "..." }.`,
  lineTooShort: (line: number, file: string) =>
    `Line ${line} of ${file} has a text of fewer than two words: take it out, or give it a word to guess.`,
  noneBundled: 'This page was deployed without last words to guess: give items.',
});
