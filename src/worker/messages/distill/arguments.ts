import { localised } from '../../../words/localised.ts';

/** What is wrong with what a distillation is asked for; `shown` is what a field holds. */
export const distillArgumentWords = localised({
  /** @param known names of all options */
  noOption: (quoted: string, known: readonly string[]) =>
    `There is no option ${quoted}: give ${known.join(', ')}.`,
  run: (shown: string) => `run is ${shown}: give the name of a run, as distillSaved() lists them.`,
  phases: (shown: string) => `phases is ${shown}: give true or false.`,
  slow: (shown: string, most: number) => `slow is ${shown}: give milliseconds from 0 to ${most}.`,
});

/** What is wrong with what a training on clean texts is asked for. */
export const trainArgumentWords = localised({
  save: (shown: string) => `save is ${shown}: give a name of at most 64 letters, digits, - and _.`,
  withInit: (field: string) =>
    `init and ${field} are both given: a model has its own, so leave ${field} out.`,
  config: (shown: string) =>
    `config is ${shown}: give the parsed config.json of a network from scratch, or a model as init.`,
  noVocabulary:
    'tokenizer and vocabulary are missing: give a tokenizer.json, or the size of the vocabulary, mask included.',
  /** @param size of the tokenizer, to which the mask is added */
  vocabulary: (given: number, size: number) =>
    `vocabulary is ${given}, but the tokenizer has ${size} tokens: give ${size + 1}, or leave it out.`,
});

/** What is wrong with a batch whose gradients are asked for. */
export const gradientWords = localised({
  /** What is checked, as the refusal of its number begins. */
  textsIn: (field: string) => `The number of texts in ${field}`,
  /** What a diffusion model is to be, as the refusal of another one ends. */
  trainedBy: (loss: string) => `trained by the loss ${loss}`,
  otherShape: (x0: { batch: number; length: number }, xt: { batch: number; length: number }) =>
    `x0 is ${x0.batch} texts of ${x0.length} ids, but xt is ${xt.batch} of ${xt.length}: give the same shape.`,
  /** @param place such as "[0][3]" @param maskId id of the mask */
  otherToken: (place: string, xt: number, x0: number, maskId: number) =>
    `xt${place} is ${xt}, but x0${place} is ${x0}: where xt is not masked (${maskId}) both are the same.`,
  /** @param shape such as "2 x 8 x 100" */
  notTargets: (shown: string, shape: string) =>
    `targetLogProbs is ${shown}: give one Float32Array of ${shape} values, row-major.`,
  countOfTargets: (has: number, wanted: number, shape: string) =>
    `targetLogProbs has ${has} values: give ${wanted}, ${shape}, row-major.`,
  target: (index: number, value: number) =>
    `targetLogProbs[${index}] is ${value}: give log-probabilities, finite and at most 0; what has no chance may be -1e6.`,
});
