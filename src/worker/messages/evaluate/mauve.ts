import { localised } from '../../../words/localised.ts';

/** What keeps sets of texts from being compared; models go by their ids. */
export const mauveWords = localised({
  notReference: (shown: string, least: number) =>
    `reference is ${shown}: give an array of at least ${least} texts.`,
  fewTexts: (count: number, least: number) =>
    `reference holds ${count} texts: give ${least} or more, since of few texts MAUVE says nothing.`,
  noTokenizer: (model: string) =>
    `features is "${model}", which came without a tokenizer: choose a model that has one.`,
  /** @param field the place of the model among those that are asked for */
  unreadable: (field: string, model: string, reader: string) =>
    `${field} is "${model}", which came without a tokenizer: nobody knows what its texts are to "${reader}".`,
  /** @param enough how many texts of the reference are long enough */
  shortReference: (enough: number, given: number, tokens: number, least: number) =>
    `Only ${enough} of the ${given} texts of the reference have the ${tokens} tokens that are compared: ` +
    `give ${least} that do, or set length to less.`,
  shortTexts: (model: string, reader: string) =>
    `The texts of "${model}" are too short in the tokens of "${reader}": set length to more.`,
});
