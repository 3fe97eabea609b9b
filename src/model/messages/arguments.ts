import { orList } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What is wrong with an option: `field` is its name, `shown` what it holds. */
export const argumentWords = localised({
  missing: 'missing',
  anArray: 'an array',
  ofType: (type: string) => `of type ${type}`,
  integer: (field: string, shown: string, least: number, most: number) =>
    `${field} is ${shown}: give a whole number from ${least} to ${most}.`,
  /** @param range such as "above 0" */
  number: (field: string, shown: string, range: string) => `${field} is ${shown}: give a number ${range}.`,
  oneOf: (field: string, shown: string, known: readonly string[]) =>
    `${field} is ${shown}: give ${orList(known.map((word) => `"${word}"`))}.`,
});
