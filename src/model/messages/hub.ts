import { localised } from '../../words/localised.ts';

/** What is wrong with a model on a hub, or with what names it. */
export const hubWords = localised({
  /** @param shown what the field holds @param wanted one of those below */
  wrong: (field: string, shown: string, wanted: string) => `${field} is ${shown}: give ${wanted}.`,
  wanted: {
    repo: 'owner/name, such as jdeschena/sdtt',
    revision: 'a branch, tag or commit, such as main',
    endpoint: (hub: string) => `the address of a hub, such as ${hub}`,
  },
  /** Where other sentences name a file. */
  fileList: (repo: string) => `the list of files of ${repo}`,
  noHub: (host: string, repo: string) =>
    `${host} does not answer as the hub does for ${repo}: check the endpoint, or fetch the files and open them.`,
  notThere: (host: string, repo: string, revision: string) =>
    `${host} has no public model ${repo} with a revision ${revision}: check both names; of a private one, fetch the files yourself and open them.`,
  gated: (repo: string, host: string) =>
    `${repo} is gated: ${host} gives it out only to who is logged in and was let in, so fetch its files there yourself and open them.`,
  missingShards: (repo: string, revision: string, index: string) =>
    `${repo} at ${revision} lists shards of its weights (${index}), but not all of them are there: try another revision.`,
  /** @param pickle why that is not opened: a sentence, with what to do */
  onlyPickle: (repo: string, revision: string, pickle: string) =>
    `${repo} at ${revision} has no model.safetensors; ${pickle}`,
  /** @param some files that it has @param more how many others */
  noWeights: (repo: string, revision: string, some: readonly string[], more: number) => {
    const files = some.length === 0 ? 'no files' : some.join(', ') + (more > 0 ? ` and ${more} more` : '');
    return `${repo} at ${revision} has no model.safetensors (it has ${files}): choose a repository or revision with one.`;
  },
  noConfig: (repo: string, revision: string) =>
    `${repo} at ${revision} has no config.json: fetch the weights and open them with a configuration of your own.`,
});
