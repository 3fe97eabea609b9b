import { orList } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What is wrong with an option: `field` is its name, `shown` what it holds. */
export const argumentWords = localised({
  missing: 'missing',
  anArray: 'an array',
  ofType: (type: string) => `of type ${type}`,
  integer: (field: string, shown: string, least: number, most: number) =>
    `${field} is ${shown}: give a whole number from ${least} to ${most}.`,
  /** @param range one of `ranges`, or one like them */
  number: (field: string, shown: string, range: string) => `${field} is ${shown}: give a number ${range}.`,
  ranges: {
    positive: 'above 0',
    positiveTo: (most: number) => `above 0 and at most ${most}`,
    zeroToOne: 'from 0 to 1',
    zeroToBelowOne: 'from 0 and below 1',
    /** @param least and @param most as formulas: "1/2" */
    between: (least: string, most: string) => `from ${least} to ${most}`,
  },
  oneOf: (field: string, shown: string, known: readonly string[]) =>
    `${field} is ${shown}: give ${orList(known.map((word) => `"${word}"`))}.`,
});
