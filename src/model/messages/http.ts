import { localised } from '../../words/localised.ts';

/** What keeps a file from being fetched, wherever it lies. */
export const httpWords = localised({
  cancelled: (file: string) => `Fetching ${file} was cancelled.`,
  /** @param file its name or its address */
  refused: (file: string, status: number) => `The host answered ${status} for ${file}: try again later.`,
});
