import { andList } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

const wholeNumber = (least: number, most: number): string =>
  least === most ? `only ${least}` : `a whole number from ${least} to ${most}, in plain digits`;

/** What is said of a link that cannot be followed. Names of fields and their values stay as links have them. */
export const refusals = localised({
  /** Behind what is wrong. */
  instead: 'The page shows its usual start instead.',
  noVersion: 'The link names no version: it begins with v=1 or v=2.',
  newer: (version: string, newest: number) =>
    `This link was made by a newer Unmask: v, its version, is ${version}, and this page reads 1 to ${newest}: reload the page, or choose "Open it now" where a new version waits.`,
  badVersion: (said: string) => `The link says ${said}: v is the version of the link, 1 or 2.`,
  tooLong: (length: number, most: number) => `The link has ${length} characters: links have at most ${most}.`,
  badEscape: (piece: string) =>
    `The link has ${piece}: what follows a % must be two hex digits of UTF-8 text.`,
  twice: (field: string) => `The link says ${field} more than once: give each field once.`,
  /** A field that the version of the link does not have, with those that it has, or that may have been meant. */
  laterField: (field: string) =>
    `The link has a field ${field}, which came with version 2: begin it with v=2.`,
  noField: (field: string, fields: readonly string[]) =>
    `The link has a field ${field}: its fields are ${fields.join(', ')}.`,
  noFieldLike: (field: string) => `The link has a field ${field}: no field of version 2 begins like that.`,
  fieldsLike: (field: string, fields: readonly string[]) =>
    `The link has a field ${field}: the fields that begin like that are ${fields.join(', ')}.`,
  /** A field that holds what it may not; what it may hold is one of those below. */
  badValue: (said: string, field: string, expects: string) =>
    `The link says ${said}: ${field} is ${expects}.`,
  /** Behind "<field> is". */
  expects: {
    whole: wholeNumber,
    /** With what the range depends on: one of the reasons below. */
    wholeAs: (least: number, most: number, why: string) => `${wholeNumber(least, most)}, as ${why}`,
    decimal: (least: string, most: number) => `a number from ${least} to ${most}, in plain digits`,
    flag: 'true or false',
    /** Of one name, then of several. */
    only: (name: string) => `only ${name}`,
    oneOf: (names: readonly string[]) => `one of ${andList(names)}`,
    name: (most: number) => `a name of 1 to ${most} printable characters`,
    text: (most: number) => `a text of at most ${most} characters`,
    hexDigits: (count: number) => `${count} digits from 0 to 9 and a to f`,
    head: (most: number) => `layer.head, such as 2.3, both from 1 to ${most}`,
    pair: (lastSlot: number) => `two slots, such as 3,7: slots go from 0 to ${lastSlot}`,
    pins: (lastSlot: number, lastToken: number) =>
      `a list of slot.token, such as 5.412,9.18, each slot once: slots go from 0 to ${lastSlot}, tokens from 0 to ${lastToken}`,
    /** @param steps that are recorded, at most */
    edit: (steps: number, lastSlot: number, lastToken: number) =>
      `recorded steps that are kept, from 0 to ${steps}, a colon and a list of slot.token or slot.m, such as 3:5.412,9.m, each slot once: slots go from 0 to ${lastSlot}, tokens from 0 to ${lastToken}`,
    names: (least: number, most: number) =>
      `a list of ${least} to ${most} names with commas between them, each once`,
    wholes: (most: number, smallest: number, largest: number) =>
      `a list of 0 to ${most} whole numbers from ${smallest} to ${largest}, each once`,
    lanes: (least: number, most: number) =>
      `${least} to ${most} lanes, such as student.4,teacher.32.confidence,causal: steps go from 1 to 1024`,
    lesson: (parts: number, lessons: readonly string[]) =>
      `contents, or a lesson and its part from 1 to ${parts}, such as steps.2: the lessons are ${lessons.join(', ')}`,
    /** A field that says nothing without another one. */
    behind: (field: string) => `to stand behind ${field}`,
    /** A field that has no place beside what another one says. */
    nothingAs: (why: string) => `to be left out, as ${why}`,
  },
  /** Behind "as". */
  why: {
    is: (field: string, value: string | number) => `${field} is ${value}`,
    isModel: (field: string) => `${field} is a model`,
    missing: (field: string) => `no ${field} is given`,
  },
});
