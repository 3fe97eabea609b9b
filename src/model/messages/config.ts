import { localised } from '../../words/localised.ts';

/** What is wrong with a configuration. */
export const configWords = localised({
  /** @param shown what the field holds @param wanted one of those below, or a literal such as "mdlm" */
  wrong: (file: string, field: string, shown: string, wanted: string) =>
    `${file}: ${field} is ${shown}, but must be ${wanted}.`,
  /** Stands for a field where all of it is wrong. */
  whole: 'the configuration',
  wanted: {
    object: 'an object',
    text: 'a string',
    boolean: 'true or false',
    integer: (least: number, most: number) => `an integer from ${least} to ${most}`,
    positive: 'a positive integer',
    fraction: 'a number between 0 and 1',
    oneOf: (known: readonly string[]) => `one of ${known.join(', ')}`,
    /** Of the number of heads. @param width the field of the hidden size */
    evenHeads: (width: string, hidden: number) =>
      `such that ${width} (${hidden}) divides into heads of an even size, for rotary pairs`,
    untied: 'false, since embedding and head are read apart',
    loglinear: '"loglinear", the only noise that is sampled here',
    continuous: '0 (continuous time), the only forward process that is sampled here',
  },
});
