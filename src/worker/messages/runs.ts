import { localised } from '../../words/localised.ts';

/** What keeps a model from writing, scoring or being looked into. */
export const runWords = localised({
  nothingToWrite: (length: number) =>
    `All ${length} slots are given, so there is nothing to write: raise length or pin less.`,
  stopped: 'The run was stopped.',
  pair: {
    slots: (count: number) => `positions holds ${count} slots: give two masked ones.`,
    cancelled: 'The look at two slots was cancelled.',
    noLaw:
      'The model gave numbers that are none (NaN), so that two slots have no law: run the self-test, or open the model again.',
  },
});
