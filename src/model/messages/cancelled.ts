import { localised } from '../../words/localised.ts';

/** Work that was stopped by whoever asked for it. */
export const cancelledWords = localised({
  run: 'The run was cancelled.',
  scoring: 'The scoring was cancelled.',
  reading: 'The reading was cancelled.',
  notAllRead: 'The texts are not all read: it was cancelled.',
  training: 'The training was cancelled.',
  noFloor: 'The floor was not found: it was cancelled.',
  evaluation: 'The evaluation was cancelled.',
  mauve: 'MAUVE was cancelled.',
});
