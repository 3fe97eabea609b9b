import { localised } from '../../words/localised.ts';

/** What goes wrong in onnxruntime. */
export const onnxWords = localised({
  /** @param what one of `tasks` @param why as it says itself @param remedy one of `remedies` */
  failed: (what: string, why: string, remedy: string) => `onnxruntime could not ${what} (${why}): ${remedy}.`,
  tasks: {
    load: 'be loaded',
    setUp: (name: string) => `set up ${name}`,
    run: (name: string) => `run ${name}`,
  },
  remedies: {
    memory: 'close other tabs or choose a smaller model',
    connection: 'check the connection and reload the page',
    reload: 'reload the page, and load the model again',
  },
  /** Something was thrown that is no error. */
  exception: (what: string) => `exception ${what}`,
  notFetched: (file: string, status: number) => `failed to fetch ${file}: status ${status}`,
});
