import { localised } from '../../words/localised.ts';

/** What is wrong with the options of a training or a distillation; `shown` is what a field holds. */
export const trainOptionWords = localised({
  /** @param remedy one of `giveTexts` */
  data: (shown: string, remedy: string) => `data is ${shown}: ${remedy}.`,
  giveTexts: {
    needed: 'give a list of texts',
    optional: 'give a list of texts, or leave it out',
  },
  batch: (batch: number, length: number, tokens: number, most: number) =>
    `batch is ${batch}, with a length of ${length} that is ${tokens} tokens at once: give at most ${most}, and accumulate for more.`,
  /** By the loss that was given, which is that of the other kind of network. */
  loss: {
    mdlm: (name: string) => `loss is "mdlm", but ${name} is autoregressive: give "causal".`,
    causal: (name: string) => `loss is "causal", but ${name} is a diffusion network: give "mdlm".`,
  },
  dataAndGenerate: 'data and generate are both given: give texts, or let the teacher write them.',
  teacher: (shown: string) =>
    `teacher is ${shown}: give the id of a diffusion model, as models() lists them.`,
  autoregressiveTeacher: (shown: string) =>
    `teacher is ${shown}, which is autoregressive: give a diffusion model.`,
  resetOptimizer: (shown: string) => `resetOptimizer is ${shown}: give true or false.`,
  stepTooLong: (m: number, step: number) =>
    `m is ${m}: m times dt is ${step}, more than all of time, which is 1; give a smaller m or dt.`,
  noRound: (minimumSteps: number, steps: number) =>
    `minimumSteps is ${minimumSteps}: the first student has ${steps}, 1 / (m dt); give at most that.`,
});
