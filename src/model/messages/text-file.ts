import { localised } from '../../words/localised.ts';

/** Why a file is no file of texts; `name` is that of the file. */
export const textFileWords = localised({
  empty: (name: string) => `${name} is empty: choose a file with text in it.`,
  utf16: (name: string) => `${name} is UTF-16: save it as UTF-8 and choose it again.`,
  zeroByte: (name: string, at: number) =>
    `${name} is no text (byte ${at} is 0): choose a .txt or .jsonl file in UTF-8.`,
  notUtf8: (name: string) => `${name} is not UTF-8: save it as UTF-8 and choose it again.`,
  lineNotJson: (line: number, name: string) =>
    `Line ${line} of ${name} is not JSON: give a string or {"text": "..."} on each line.`,
  lineWithoutText: (line: number, name: string) =>
    `Line ${line} of ${name} holds no text: give a string or {"text": "..."} on each line.`,
  blank: (name: string) => `${name} holds nothing but white space: choose a file with text in it.`,
  /** The bundled texts. */
  noSamples: 'This page was deployed without sample texts: give texts as data.',
});
