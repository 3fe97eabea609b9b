import { localised } from '../../words/localised.ts';

/** What a view with hidden settings says while it has nothing to show. */
export const nothingYet = localised({
  evaluate: 'Nothing is measured yet.',
  distill: 'Nothing is distilled yet.',
  show: 'Show the settings',
});
