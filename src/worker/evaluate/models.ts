/** The models of a measure: which are asked for, opened each in its turn, and where they run. */
import { UnmaskError } from '../../model/errors.ts';
import { MAX_STEPS } from '../../model/diffusion/plan.ts';
import { checkBackend, checkModel, integer, refuse, show } from '../arguments.ts';
import { evaluateWords as words } from '../messages/evaluate/shared.ts';
import type { OpenModel } from '../models.ts';
import type { Backend } from '../protocol.ts';
import { MAX_SWEEP_MODELS, MAX_SWEEP_STEPS, SWEEP_STEPS } from './result.ts';
import type { EvaluateContext, EvaluateServices } from './services.ts';

/**
 * Values of a field that holds several, each once.
 * @throws UnmaskError 'argument' naming the field, or the place in it
 */
export function checkList<T>(
  field: string,
  given: unknown,
  most: number,
  check: (value: unknown, i: number) => T,
): T[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > most) {
    throw refuse(
      Array.isArray(given)
        ? words.holds(field, given.length, most)
        : words.notArray(field, show(given), most),
    );
  }
  const values = given.map(check);
  values.forEach((value, i) => {
    const first = values.indexOf(value);
    if (first !== i) throw refuse(words.twice(`${field}[${i}]`, show(value), `${field}[${first}]`));
  });
  return values;
}

/** `models` and `backend` of a measure. @throws UnmaskError 'argument' */
export function checkModels(o: { models: unknown; backend?: unknown }): {
  models: string[];
  backend: Backend | undefined;
} {
  return {
    models: checkList('models', o.models, MAX_SWEEP_MODELS, checkModel),
    backend: checkBackend(o.backend),
  };
}

/** `steps` of a measure, rising. @throws UnmaskError 'argument' */
export const checkSteps = (steps: unknown = SWEEP_STEPS): number[] =>
  checkList('steps', steps, MAX_SWEEP_STEPS, (value, i) => integer(`steps[${i}]`, value, 1, MAX_STEPS)).sort(
    (a, b) => a - b,
  );

/**
 * Open models by their ids, and tell of each.
 * @throws UnmaskError naming the place in the field `models`; 'aborted'
 */
export async function openModels(
  ids: readonly string[],
  services: EvaluateServices,
  context: EvaluateContext,
): Promise<OpenModel[]> {
  const models: OpenModel[] = [];
  for (const [i, id] of ids.entries()) {
    context.onEvaluate?.({ stage: 'load', model: id, done: i, total: ids.length });
    try {
      models.push(await services.turn(context, () => services.models(context).open(id)));
    } catch (cause) {
      if (!(cause instanceof UnmaskError && cause.code === 'unknown-model')) throw cause;
      throw new UnmaskError('unknown-model', `models[${i}]: ${cause.message}`, { cause });
    }
  }
  return models;
}

/** On what a measure ran, and when it ended. */
export async function placeAndDate(
  backend: Backend | undefined,
  services: EvaluateServices,
): Promise<{ backend: string; adapter: string; date: string }> {
  const ready = await services.ready();
  const ran = backend ?? ready.backend;
  return {
    backend: ran,
    // Of the other backend no more is known.
    adapter: ran === ready.backend ? ready.adapter : ran === 'wasm' ? 'CPU' : 'GPU',
    date: new Date().toISOString(),
  };
}
