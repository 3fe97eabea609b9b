import { localised } from '../../../words/localised.ts';

/** What the figures of the lessons have in common. */
export const widgets = localised({
  /** Positions of a text within sentences. */
  start: 'the start',
  slot: (slot: number) => `slot ${slot}`,
  masked: (slot: number) => `masked slot ${slot}`,
  holds: (slot: number, token: string) => `slot ${slot} ${token}`,
  quoted: (token: string) => `“${token}”`,
  /** Tokens of two slots. */
  pair: (a: string, b: string) => `${a} | ${b}`,
  asked: (model: string, backend: string, adapter: string) =>
    `Asked of the model ${model}, by ${backend} on ${adapter}.`,
  asking: 'Asking the model …',
  waits: 'This figure follows the text of the Watch view, once a run is there.',
  /** Where nothing is masked. */
  noMask: 'No slot is masked at this step.',
  fewMasks: 'It takes two masked slots, and this step has fewer.',
  back: 'Go half way back',
  table: 'As a table',
});
