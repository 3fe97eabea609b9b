import { localised } from '../../words/localised.ts';

/** Why a file of this page's own cannot be fetched. */
export const bundledWords = localised({
  unreachable: (file: string) => `${file} could not be fetched: check the connection and try again.`,
  missing: (file: string, url: string) =>
    `${file} is not on this host (${url}): the page was deployed without it.`,
  noManifest: (file: string) =>
    `${file} is no manifest of version 1: page and weights are of different releases, reload the page.`,
  tooLong: (file: string, expected: number, remedy: string) =>
    `${file} is longer than the ${expected} bytes expected: ${remedy}`,
  broken: (file: string, loaded: number, total: number) =>
    `The connection broke after ${loaded} of ${total} bytes of ${file}: try again.`,
  truncated: (file: string, loaded: number, total: number, remedy: string) =>
    `${file} ended after ${loaded} of ${total} bytes: ${remedy}`,
  otherHash: (file: string, remedy: string) =>
    `${file} is not the file that was published (its SHA-256 differs): ${remedy}`,
  /** What ends a sentence. */
  remedies: {
    newVersion:
      'the host seems to have a newer version of this page, press “Open it now” as soon as the page offers it.',
    reload: 'reload the page.',
    tryAgain: 'try again.',
    withoutCache: 'reload the page without the cache.',
  },
  /** What ends the sentence on a file that is no JSON. */
  fetchAgain: 'reload the page to fetch it again',
  unknownModel: (id: string, known: readonly string[]) =>
    `There is no bundled model ${id}: choose one of ${known.join(', ')}.`,
});
