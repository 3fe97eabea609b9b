import { localised } from '../../words/localised.ts';

/** Why a model cannot be stored, or opened from where it is. `name` is what it is called. */
export const modelStoreWords = localised({
  busy: (name: string) =>
    `${name} is being fetched or removed, here or in another tab: wait for that, or stop it there.`,
  newer: (name: string) =>
    `${name} was stored by a newer version of this page: reload the page to get that version.`,
  damaged: (name: string) => `${name} is damaged: remove it and fetch it again.`,
  changed: (name: string, part: 'weights' | 'config' | 'tokenizer') =>
    `${name} is damaged, its ${part} is not what was stored: remove it and fetch it again.`,
  fetchAgain: (key: string) => `No model ${key} is stored here: fetch it again.`,
  unknown: (key: string) => `No model ${key} is stored here.`,
  there: (name: string) => `${name} is stored here already: open it, or remove it first.`,
  noRoom:
    'There is no room for the model, neither in the storage of this page nor in memory: remove stored models, or free space for this site, and go on.',
  /** @param why as the browser says it */
  notStored: (why: string) => `The model could not be stored (${why}): try again.`,
  newerDownload:
    'This model is being fetched by a newer version of this page: reload the page to get that version.',
});
