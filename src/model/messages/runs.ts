import { localised } from '../../words/localised.ts';

/** What goes wrong with saved runs; `run` is the name of one. */
export const runWords = localised({
  noRoom: (run: string, size: string) =>
    `There is no room to save ${run}, which takes ${size}: remove saved runs, or free space for this site.`,
  notSaved: (run: string, why: string) =>
    `${run} could not be saved (${why}): what was saved before is still there.`,
  newer: (run: string) =>
    `${run} was saved by a newer version of this page: reload the page to get that version.`,
  unknown: (run: string) => `No run called ${run} is saved here.`,
  badName: (run: string) => `A run cannot be called "${run}": use letters, digits, - and _.`,
  damaged: (run: string) =>
    `${run} is damaged, and so is what was saved before it: remove it and start anew.`,
  /** Of a whole store. */
  unsaved: (why: string) =>
    `This browser keeps no files for this page (${why}): export what should outlive it.`,
  noFileSystem: 'there is no origin private file system here',
});
