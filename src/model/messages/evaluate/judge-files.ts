import { localised } from '../../../words/localised.ts';

/** What a repository or its config.json lacks for a judge. */
export const judgeFileWords = localised({
  missing: (repo: string, revision: string, file: string) =>
    `${repo} at ${revision} has no ${file}, without which nobody judges: choose another repository.`,
  noGraph: (repo: string, revision: string) =>
    `${repo} at ${revision} has no ONNX file of a causal model below 2 GB, such as onnx/model.onnx: ` +
    'choose a repository with one, such as Xenova/distilgpt2.',
  /** @param type as config.json has it, quoted; undefined where it has none */
  otherType: (file: string, type: string | undefined) =>
    `model_type of ${file} is ${type ?? 'none'}: choose a model of type "gpt2".`,
  notWhole: (field: string, file: string, most: number) =>
    `${field} of ${file} is no whole number from 1 to ${most}: choose another revision.`,
  notMultiple: (file: string) => `n_embd of ${file} is no multiple of n_head: choose another revision.`,
});
