import { localised } from '../words/localised.ts';

const REMEDY = 'save it again where it was made, or open another file';

/** What is said of a trace that cannot be read. Names of fields and their values stay as the file has them. */
export const traceWords = localised({
  notJson: `The file is not JSON, or was cut off: ${REMEDY}.`,
  notUtf8: `The file is not text in UTF-8: ${REMEDY}.`,
  newer: (version: number) =>
    `This trace was made by a newer Unmask, its version is ${version} and this page reads 1: reload the page, or open it where it was made.`,
  /** A value that does not fit; what it `has` and what is `due` are among those below, or values. */
  misfit: (path: string, has: string, due: string) =>
    `In this trace ${path} is ${has} and has to be ${due}: ${REMEDY}.`,
  /** Where not even the whole file is what it has to be. */
  misfitOfWhole: (has: string, due: string) =>
    `In this trace the whole is ${has} and has to be ${due}: ${REMEDY}.`,
  /** Behind "<field> is". */
  has: {
    nothing: 'missing',
    list: (length: number) => `a list of ${length}`,
    object: 'an object',
    objectOf: (fields: number) => `an object of ${fields} fields`,
    objectWith: (field: string) => `an object with a field ${field}`,
    pin: (slot: string, token: number) => `slot ${slot} with token ${token}`,
  },
  /** Behind "has to be", of a value alone. */
  due: {
    whole: (least: number, most: number) => `a whole number from ${least} to ${most}`,
    number: (least: number, most: number) => `a number from ${least} to ${most}`,
    positive: (most: number) => `a number above 0 and at most ${most}`,
    flag: 'true or false',
    oneOf: (values: readonly (string | number)[]) => values.join(' or '),
    text: (most: number) => `a text of at most ${most} characters`,
    list: (least: number, most: number) => `a list of ${least} to ${most}`,
    object: 'an object',
    byNumber: (most: number) => `an object of at most ${most} fields whose names are whole numbers`,
    time: 'a time in UTC such as 2026-01-31T12:00:00Z',
    day: 'a day that there is',
    hash: '8 digits of 0-9 and a-f',
  },
  /** Behind "has to be", of a value beside others. */
  dueBeside: {
    stepsRise: (before: number, most: number) =>
      `above ${before}, that of the one before, and at most ${most}`,
    asPositions: (length: number) => `as long as positions, ${length}`,
    position: (most: number) => `from 0 to ${most}`,
    masked: 'a position that is still masked then',
    token: (most: number) => `a token, from 0 to ${most}`,
    tokenOrMask: (mask: number) => `a token or the mask, from 0 to ${mask}`,
    asFirst: (value: string) => `that of the first text, ${value}`,
    lengthOfFirst: (length: number) => `as long as that of the first text, ${length}`,
    noSteps: '0 for first-hitting',
    someSteps: 'at least 1',
    passes: (recorded: number) => `at least ${recorded}, the steps recorded`,
    from: (first: number) => `below ${first}, the first step behind it`,
    asTexts: (value: string) => `that of the texts, ${value}`,
    slots: (slots: number) => `${slots}, the positions that have a slot`,
    count: (texts: number) => `at least ${texts}, the texts there are`,
    slotsTo: (most: number) => `of slots from 0 to ${most}`,
    tokensTo: (most: number) => `of tokens from 0 to ${most}`,
    /** @param initial the field that has the tokens of a text before its first step */
    given: (initial: string) => `of slots that ${initial} gives a token`,
    noBeginning: (initial: string) => `0, as ${initial} begins with no token that is given`,
  },
});
