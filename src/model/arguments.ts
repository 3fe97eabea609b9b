/** What checks of options have in common: every refusal names the field and what it may hold. */
import { UnmaskError } from './errors.ts';
import { argumentWords as words } from './messages/arguments.ts';

/** Seeds have 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;

export const refuse = (message: string): UnmaskError => new UnmaskError('argument', message);

/** A text as a message shows its beginning: on one line, whatever is in it. */
function quote(text: string): string {
  const quoted = JSON.stringify(text.slice(0, 60)).replace(/[\u2028\u2029]/g, ' ');
  // Escapes take up to six letters for one.
  return quoted.length <= 120 ? quoted : `${quoted.slice(0, 119)}…`;
}

/** A value as a message shows it: what is short is quoted, what is not is named. */
export function show(value: unknown): string {
  if (value === undefined) return words.missing;
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? words.anArray : words.ofType(typeof value);
}

/** A whole number in a range. @throws UnmaskError 'argument' naming the field */
export function integer(field: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw refuse(words.integer(field, show(value), least, most));
}

/** A number that `fits`. @throws UnmaskError 'argument' naming the field and the `range` */
export function number(
  field: string,
  value: unknown,
  fits: (value: number) => boolean,
  range: string,
): number {
  if (typeof value === 'number' && Number.isFinite(value) && fits(value)) return value;
  throw refuse(words.number(field, show(value), range));
}

/** One of a few words. @throws UnmaskError 'argument' naming the field and the words */
export function choice<T extends string>(field: string, value: unknown, known: readonly T[]): T {
  const found = known.find((word) => word === value);
  if (found !== undefined) return found;
  throw refuse(words.oneOf(field, show(value), known));
}
