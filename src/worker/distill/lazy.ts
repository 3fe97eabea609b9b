import type { DistillCalls } from './calls.ts';
import type { DistillServices } from './services.ts';

/** Every call of this folder. */
const NAMES: Record<keyof DistillCalls, true> = {
  distillOpen: true,
  distillRun: true,
  distillPause: true,
  distillState: true,
  distillFloor: true,
  distillStudent: true,
  distillDiscard: true,
  distillSaved: true,
  exportModel: true,
  readTexts: true,
  train: true,
  lossAndGradients: true,
};

/** The calls of this folder, whose code is loaded with the first of them: most visitors never train anything. */
export function lazyDistillCalls(services: DistillServices): DistillCalls {
  let loaded: Promise<DistillCalls> | undefined;
  const load = (): Promise<DistillCalls> => {
    loaded ??= import('./calls.ts').then(({ distillCalls }) => distillCalls(services));
    // A page that was offline may try again.
    loaded.catch(() => {
      loaded = undefined;
    });
    return loaded;
  };
  const later =
    (name: keyof DistillCalls) =>
    async (options: never, context: never): Promise<unknown> =>
      (await load())[name](options, context);
  // Nothing is open before the first of the others: no code is needed to say so.
  const unopened: Partial<DistillCalls> = {
    distillState: (...given) =>
      loaded ? load().then((calls) => calls.distillState(...given)) : Promise.resolve(null),
  };
  const names = Object.keys(NAMES) as (keyof DistillCalls)[];
  const all = Object.fromEntries(names.map((name) => [name, later(name)])) as unknown as DistillCalls;
  return { ...all, ...unopened };
}
