/** Grammar of English, for its messages: another language has its own. */
import { number } from './numbers.ts';

const WORDS = [
  ...['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
  ...['eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
  ...['twenty', 'twenty-one', 'twenty-two', 'twenty-three', 'twenty-four', 'twenty-five', 'twenty-six'],
  ...['twenty-seven', 'twenty-eight', 'twenty-nine', 'thirty', 'thirty-one', 'thirty-two'],
];

/** A count as English has it: words as far as they read well, then digits. */
export const inWords = (count: number): string => WORDS[count] ?? number(count);

/** "1 step", "8 steps". */
export const plural = (count: number, one: string, many: string): string =>
  `${number(count)} ${count === 1 ? one : many}`;

/** "1st", "2nd", "3rd", "4th". */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${number(n)}${ending}`;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const list = (parts: readonly string[], word: string): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;

/** "a", "a and b", "a, b and c". */
export const andList = (parts: readonly string[]): string => list(parts, 'and');

/** "a", "a or b", "a, b or c". */
export const orList = (parts: readonly string[]): string => list(parts, 'or');
