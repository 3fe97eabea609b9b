import { localised } from '../../words/localised.ts';

/** What is wrong with the options of a call about checkpoints, and what keeps one from its end. */
export const checkpointWords = localised({
  source: 'A model of a hub is named by an object with repo, such as { repo: "jdeschena/sdtt", revision }.',
  removal: 'storeRemove() takes { model }, { source, keep } or { all: true }.',
  weightsAddress: 'weights is an address: preflight() takes a file, or a model of a hub.',
  fetchingStopped: 'Fetching the model was stopped: it can go on later.',
  /** Stands for the title of a model. */
  untitled: (repo: string, revision: string) => `${repo} at ${revision}`,
  readingStopped: 'Reading the model was stopped.',
  teacher: (title: string) =>
    `${title} is the teacher of the distillation that is open: discard that, or begin another one, and remove it then.`,
  notRemoved: (why: string) => `Something could not be removed (${why}): try again.`,
  noDownload: (repo: string, revision: string) =>
    `No download of ${repo} at ${revision} is left: there is nothing to remove.`,
  notStored: (id: string) => `The store has no model ${id}: choose one that store() lists.`,
});
