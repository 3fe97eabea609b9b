import { localised } from '../../words/localised.ts';

/** What is wrong with a model of a hub. */
export const hubAccessWords = localised({
  /** Stands for a file in messages. */
  fileOf: (path: string, repo: string) => `${path} of ${repo}`,
  notJson: (file: string) => `${file} is not JSON: choose another revision.`,
  noJsonObject: (file: string) => `${file} is no JSON object: choose another revision.`,
  severalFiles: (repo: string, files: number) =>
    `The weights of ${repo} come in ${files} files: fetch them yourself and open them together.`,
});
