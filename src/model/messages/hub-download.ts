import { localised } from '../../words/localised.ts';

const unusable = (file: string, repo: string, what: string): string =>
  `${file} of ${repo} ${what}: choose another revision, or open the files with one of your own.`;

/** Why a file of a host of models cannot be fetched. */
export const downloadWords = localised({
  unreachable: (file: string, host: string) =>
    `${file} could not be fetched from ${host}: check the connection, and of a mirror whether it allows other pages to read it (CORS).`,
  notThere: (file: string, host: string) =>
    `${file} is not on ${host} (any more): look at the repository there.`,
  login: (host: string, file: string, status: number) =>
    `${host} does not give out ${file} without a login (answer ${status}): fetch it there yourself and open it as a file.`,
  tooOften: (host: string) => `${host} was asked too often for now (answer 429): wait some minutes.`,
  refused: (host: string, status: number, file: string) =>
    `${host} answered ${status} for ${file}: try again later.`,
  otherLength: (file: string, has: number, host: string, announced: number) =>
    `${file} has ${has} bytes on ${host}, but ${announced} were announced: look at the repository again.`,
  longer: (file: string, host: string, announced: number) =>
    `${file} has more bytes on ${host}, but ${announced} were announced: look at the repository again.`,
  noParts: (host: string, file: string, status: number) =>
    `${host} does not give the parts of ${file} that are asked for (answer ${status}): fetch it again later.`,
  /** @param times in a row that it broke without a byte */
  broken: (host: string, received: number, total: number, file: string, times: number) =>
    `The connection to ${host} broke after ${received} of ${total} bytes of ${file}, ${times} times in a row: check it, then go on from there.`,
  otherHash: (file: string) =>
    `${file} is not the file that was announced (its SHA-256 differs): what was fetched is dropped, fetch it again.`,
  header: {
    otherLength: (file: string, has: number, announced: number) =>
      `${file} has ${has} bytes on its host, but ${announced} were announced: look at the repository again.`,
    cut: (file: string, bytes: number) => `${file} ended after ${bytes} bytes, inside its header: try again.`,
    replaced: (file: string) =>
      `${file} begins with another header than before: it was replaced on its host, so fetch it anew.`,
  },
  outOfRange: (file: string, tensor: string, value: number, most: number) =>
    `${file}: tensor ${tensor} holds ${value}, but half precision ends at ${most}: keep the file's own weights.`,
  /** Files that are read whole. */
  small: {
    tooLarge: (file: string, repo: string, bytes: number) =>
      unusable(file, repo, `has ${bytes} bytes, more than any such file`),
    notJson: (file: string, repo: string) => unusable(file, repo, 'is not JSON'),
    noObject: (file: string, repo: string) => unusable(file, repo, 'is no JSON object'),
  },
  removed: (file: string) => `${file} was removed from where it was kept: fetch it again.`,
});
