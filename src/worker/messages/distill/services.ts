import { localised } from '../../../words/localised.ts';

/** What the engine says for a distillation before its code is loaded. */
export const distillServiceWords = localised({
  nothingKept: 'Nothing is kept here: export what should outlive this program.',
  writingCancelled: 'The teacher writes no more texts: it was cancelled.',
});
