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
  /** What a field may hold, behind "<field> is". */
  expects: {
    only: (value: string) => `only ${value}`,
    oneOf: (values: readonly string[]) => `one of ${values.slice(0, -1).join(', ')} and ${values.at(-1)}`,
    whole: (least: number, most: number) => `a whole number from ${least} to ${most}, in plain digits`,
    /** @param why what a range depends on, such as "slots is 32" */
    as: (range: string, why: string) => `${range}, as ${why}`,
    decimal: (least: string, most: number) => `a number from ${least} to ${most}, in plain digits`,
    nothing: (why: string) => `to be left out, as ${why}`,
    flag: 'true or false',
    name: (most: number) => `a name of 1 to ${most} printable characters`,
    text: (most: number) => `a text of at most ${most} characters`,
    hex: (count: number) => `${count} digits from 0 to 9 and a to f`,
    pins: (slot: number, token: number) =>
      `a list of slot.token, such as 5.412,9.18, each slot once: slots go from 0 to ${slot}, tokens from 0 to ${token}`,
    list: (least: number, most: number, what: string) => `a list of ${least} to ${most} ${what}`,
    listOnce: (least: number, most: number, what: string) =>
      `a list of ${least} to ${most} ${what}, each once`,
    names: 'names with commas between them',
    wholes: (least: number, most: number) => `whole numbers from ${least} to ${most}`,
    lane: 'a lane',
    lanes: (least: number, most: number) =>
      `${least} to ${most} lanes, such as student.4,teacher.32.confidence,causal: steps go from 1 to 1024`,
    lesson: (parts: number, lessons: readonly string[]) =>
      `contents, or a lesson and its part from 1 to ${parts}, such as steps.2: the lessons are ${lessons.join(', ')}`,
  },
  raceWaits: 'The race of this link is ready: run it to see what it does.',
  raceDiffers:
    'What the lanes wrote differs from what they wrote where the link was made: another GPU rounds the last bits in another way, or a model has changed.',
  raceElsewise:
    'The race of the link cannot be run with the models that are here, so another one stands in for it.',
  seeModel: 'See what it takes',
  modelWaits: 'A link asks for this model. Nothing is asked of the hub until you want it.',
});
