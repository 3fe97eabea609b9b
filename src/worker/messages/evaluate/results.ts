import { localised } from '../../../words/localised.ts';

/** Of results in the browser's database. */
export const resultWords = localised({
  /** @param why what the database said, without its full stop */
  unsaved: (why: string) =>
    `This browser keeps no results for this page (${why}): they are gone with it, so save what should stay.`,
});
