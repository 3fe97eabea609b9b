import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What the engine says of itself, of what computes, and of the models that it knows. */
export const engineWords = localised({
  /** Stands for an adapter. */
  cpu: (threads: number) => `CPU, ${plural(threads, 'thread', 'threads')}`,
  lostDuringSetup: 'The GPU was lost while the model was set up: run again.',
  /** @param reason of the browser, without a full stop */
  lost: (reason: string) =>
    `The GPU was lost (${reason}): run again, and everything is set up anew from memory.`,
  /** What is told at once, and what is told from then on. */
  lostTwice: {
    now: (reason: string) =>
      `The GPU was lost (${reason}) for the second time: run again on the CPU, or reload the page to try the GPU again.`,
    later: (reason: string) =>
      `The GPU was lost (${reason}) for the second time; reload the page to try it again.`,
  },
  noFallback: 'backend "wasm" is not part of this build: leave it out.',
  trainingWithoutGpu:
    'Training runs on WebGPU alone, and this page runs without it: open it where there is WebGPU, and not with backend=wasm.',
  nothingKept: 'Nothing is kept here: what is fetched is gone with this program.',
  noCall: (call: string) => `${call}() is not part of this build.`,
  noTokenizer: (model: string) => `The model ${model} came without a tokenizer: give token ids.`,
  outOfMemory: (why: string) => `The GPU has not enough memory (${why}): close other tabs.`,
  /** @param why whatever was thrown */
  internal: (why: string) => `Something went wrong in this program (${why}): reload the page.`,
  cancelled: 'The request was cancelled.',
  /** @param id quoted */
  unknownModel: (id: string, known: readonly string[]) =>
    `There is no model ${id}: choose one of ${known.join(', ')}.`,
  deletedModel: (title: string, known: readonly string[]) =>
    `${title} was deleted: open it again, or choose one of ${known.join(', ')}.`,
});
