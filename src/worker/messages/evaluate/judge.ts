import { localised } from '../../../words/localised.ts';

const notJudged = (judge: string, why: string) =>
  `A text cannot be judged by "${judge}" (${why}): give a shorter prompt, or null for no judge.`;

/** @param who came without a tokenizer */
const withoutTokenizer = (judge: string, model: string, who: string) =>
  `judge is "${judge}", whose tokens are not known to be those of "${model}", and ${who} came without a tokenizer, so that ` +
  'texts cannot be read: open it with one, choose another judge, or null for none.';

/** Why texts cannot be judged: `judge` and `model`, which wrote them, are ids. */
export const judgeWords = localised({
  /** @param shown what `judge` holds */
  nobody: (shown: string) =>
    `judge is ${shown}: give the id of a causal model, a model of a hub as { repo }, or null for nobody.`,
  nothingWritten: (judge: string) => notJudged(judge, 'nothing in it was written'),
  writtenBehind: (judge: string, tokens: number) =>
    notJudged(judge, `what was written begins behind ${tokens} tokens`),
  judgeWithoutTokenizer: (judge: string, model: string) => withoutTokenizer(judge, model, 'the judge'),
  modelWithoutTokenizer: (judge: string, model: string) => withoutTokenizer(judge, model, `"${model}"`),
  tooLong: (judge: string, most: number, tokens: number) =>
    `judge is "${judge}", which takes ${most} tokens, but texts have ${tokens}: shorten them, or choose another judge.`,
  noBegin: (judge: string) =>
    `judge is "${judge}", whose tokenizer has no token that begins texts: it judges models of its own vocabulary only, so choose another one.`,
  notAtEnd: (judge: string) =>
    `judge is "${judge}", which reads texts in other tokens: all that counts must stand at their end.`,
});

/** Why a file of a hub cannot judge. */
export const hubJudgeWords = localised({
  notHere: 'A judge of a hub is not part of this build: choose a causal model, or null for none.',
  /** @param shown what `judge.file` holds */
  notPath: (shown: string) => `judge.file is ${shown}: give the path of an ONNX file, or leave it out.`,
  notThere: (shown: string, files: readonly string[]) =>
    `judge.file is ${shown}: give one of ${files.join(', ')}, or leave it out.`,
  /** @param size of the tokenizer, and `vocabulary` of the model, in tokens */
  otherTokenizer: (file: string, size: number, vocabulary: number) =>
    `${file} is not that of a model of the GPT-2 family (its ${size} tokens, of ${vocabulary} of the ` +
    'model, must have one that begins texts): choose another repository.',
});
