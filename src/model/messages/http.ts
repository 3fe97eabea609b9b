import { localised } from '../../words/localised.ts';

export const httpWords = localised({
  cancelled: (file: string) => `Fetching ${file} was cancelled.`,
});
