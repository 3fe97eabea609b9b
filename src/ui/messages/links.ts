import { localised } from './localised.ts';

/** Links to the page: how they are copied, what is said where one turns out otherwise, and settings that are hidden. */
export const links = localised({
  share: 'Share',
  shareTitle: 'A link to this page as it is',
  says: 'The link holds what is set in every view. It starts no download, no evaluation and no distillation.',
  copy: 'Copy link',
  copyHidden: 'Copy link with controls hidden',
  hiddenSays: 'With controls hidden a view shows what the model does, and its settings are one button away.',
  showSettings: 'Show the settings',
  dismiss: 'Dismiss',
  /** Behind what is wrong with a link. */
  instead: 'The page shows its usual start instead.',
  differs:
    'This text differs from the one that the link was made from: another GPU rounds the last bits in another way, or the model has changed.',
  /** What is wrong with a link, one sentence each. What is said in it stands in quotation marks already. */
  problems: {
    noVersion: 'The link names no version: it begins with v=1 or v=2.',
    newer: (version: string, newest: number) =>
      `This link was made by a newer Unmask: v, its version, is ${version}, and this page reads 1 to ${newest}: reload the page, or choose "Open it now" where a new version waits.`,
    version: (said: string) => `The link says ${said}: v is the version of the link, 1 or 2.`,
    laterField: (field: string) =>
      `The link has a field ${field}, which came with version 2: begin it with v=2.`,
    unknownOf1: (field: string, fields: readonly string[]) =>
      `The link has a field ${field}: its fields are ${fields.join(', ')}.`,
    unknown: (field: string) => `The link has a field ${field}: no field of version 2 begins like that.`,
    unknownAmong: (field: string, fields: readonly string[]) =>
      `The link has a field ${field}: the fields that begin like that are ${fields.join(', ')}.`,
    long: (characters: number, most: number) =>
      `The link has ${characters} characters: links have at most ${most}.`,
    broken: (piece: string) =>
      `The link has ${piece}: what follows a % must be two hex digits of UTF-8 text.`,
    twice: (field: string) => `The link says ${field} more than once: give each field once.`,
    value: (said: string, field: string, expects: string) => `The link says ${said}: ${field} is ${expects}.`,
  },
  raceWaits: 'The race of this link is ready: run it to see what it does.',
  raceDiffers:
    'What the lanes wrote differs from what they wrote where the link was made: another GPU rounds the last bits in another way, or a model has changed.',
  raceElsewise:
    'The race of the link cannot be run with the models that are here, so another one stands in for it.',
  seeModel: 'See what it takes',
  modelWaits: 'A link asks for this model. Nothing is asked of the hub until you want it.',
});
