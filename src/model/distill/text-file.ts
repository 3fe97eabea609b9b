/** Files of texts to train on. */
import { refuse } from '../arguments.ts';
import { textFileWords as words } from '../messages/text-file.ts';

/** What separates texts in a plain file, as in those that GPT-2 and its kin are trained on. */
const SEPARATOR = '<|endoftext|>';

function decodeText(bytes: Uint8Array<ArrayBuffer>, name: string): string {
  if (bytes.length === 0) throw refuse(words.empty(name));
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw refuse(words.utf16(name));
  }
  // No text holds a byte 0 but UTF-16, which all editors mark at its beginning.
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw refuse(words.zeroByte(name, zero));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw refuse(words.notUtf8(name));
  }
}

/** A line of a .jsonl file: a string, or an object whose `text` is one. */
function parseLine(line: string, number: number, name: string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refuse(words.lineNotJson(number, name));
  }
  const text: unknown =
    typeof value === 'object' && value !== null ? (value as { text?: unknown }).text : value;
  if (typeof text === 'string') return text;
  throw refuse(words.lineWithoutText(number, name));
}

/**
 * Texts of a file in UTF-8 with one on each line, as a string or as {"text": "..."}; blank lines are passed over.
 * @param name what messages call it
 * @returns each text with the number of its line, counted from 1
 * @throws UnmaskError 'argument': empty, not UTF-8, a bad line
 */
export function readTextLines(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
): { text: string; line: number }[] {
  return parseLines(decodeText(bytes, name), name);
}

const parseLines = (content: string, name: string): { text: string; line: number }[] =>
  content
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [{ text: parseLine(line, i + 1, name), line: i + 1 }]));

/**
 * Texts of a file in UTF-8. A name that ends in .jsonl has one text on each line, as a string or as {"text": "..."}; blank lines
 * are passed over. In any other file texts are separated by <|endoftext|> where that stands anywhere, else by blank lines; blank
 * texts are dropped, and line ends around a text.
 * @param name what messages call it
 * @throws UnmaskError 'argument': empty, not UTF-8, no text, a bad line
 */
export function readTextFile(bytes: Uint8Array<ArrayBuffer>, name: string): string[] {
  const content = decodeText(bytes, name);
  const texts = /\.jsonl$/i.test(name)
    ? parseLines(content, name).map(({ text }) => text)
    : content
        .split(content.includes(SEPARATOR) ? SEPARATOR : /\n[^\S\n]*\n/)
        .map((text) => text.replace(/^\n+|\n+$/g, ''));
  const filled = texts.filter((text) => text.trim() !== '');
  if (filled.length === 0) throw refuse(words.blank(name));
  return filled;
}
