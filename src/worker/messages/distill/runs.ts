import { localised } from '../../../words/localised.ts';

/** What keeps a distillation or a training from going on; runs go by their names. */
export const distillRunWords = localised({
  noneOpen: 'No distillation is open: begin one by distillOpen().',
  cancelled: 'The distillation was cancelled.',
  gpuLost: 'The GPU was lost, and with it where this distillation stood: resume it from what was saved.',
  noFloor: (loss: string) => `A floor is known for the loss kl-bwd alone; this one is ${loss}.`,
  /** @param part such as "tokens" */
  partMissing: (run: string, part: string) =>
    `The saved run ${run} has no ${part}: delete it and start anew.`,
  busy: (run: string) => `Another tab is at work on ${run}: close it there, or resume it later.`,
  isTraining: (run: string) => `The saved run ${run} is no distillation: go on with it by train({ resume }).`,
  isDistillation: (run: string) => `The saved run ${run} is a distillation: resume it in the Distill view.`,
  nameTaken: (run: string) =>
    `save is "${run}", but a run of that name is saved: go on with it by resume, or give another name.`,
});
