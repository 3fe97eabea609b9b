/** What the visitor asks of a sweep, as it is typed, and what the engine is asked for. */
import {
  MAX_SWEEP_MODELS,
  MAX_SWEEP_STEPS,
  MAX_SWEEP_TEXTS,
  type EvaluatedPoint,
  type EvaluateOptions,
  type WriteOptions,
} from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import type { EvaluateForm, EvaluateState } from '../stores/evaluate.ts';
import { sweep } from '../messages/evaluate/sweep.ts';
import { isRepository } from '../models/source.ts';
import { expectedPasses } from '../watch/sentence.ts';
import { rangeError } from './panels-form.ts';

/** Step counts that have a chip. */
export const STEP_CHIPS: readonly number[] = Array.from({ length: 11 }, (_, i) => 2 ** i);

const MOST_STEPS = 1024;
const LARGEST_SEED = 2 ** 32 - 1;

export type EvaluateField = 'models' | 'steps' | 'count' | 'slots' | 'judge';

/** One sentence for a field that cannot be taken as it is. */
export type EvaluateErrors = Partial<Record<EvaluateField, string>>;

/** What is wrong with the judge; undefined where it can be asked for. */
export const judgeError = (judge: EvaluateOptions['judge']): string | undefined =>
  typeof judge === 'object' && judge !== null && !isRepository(judge.repo) ? sweep.errors.judge : undefined;

const WHOLE = /^\d+$/;

/** Whole numbers of a list with commas or blanks; undefined where something else is in it. */
function wholeNumbers(text: string): number[] | undefined {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  return words.every((word) => WHOLE.test(word)) ? words.map(Number) : undefined;
}

/** Step counts that are asked for, rising, each once; undefined where what is typed is no list of them. */
export function chosenSteps({ steps, form }: Pick<EvaluateState, 'steps' | 'form'>): number[] | undefined {
  const others = wholeNumbers(form.otherSteps);
  if (!others || others.some((one) => one < 1 || one > MOST_STEPS)) return undefined;
  return [...new Set([...steps, ...others])].toSorted((a, b) => a - b);
}

/** What the form is checked against. */
export interface Known {
  models: readonly ModelInfo[];
  /** Tokens that models are given to begin a text with. */
  given: 0 | 1;
}

/** The longest text that all chosen models can write, in slots; undefined where none is chosen. */
export function longestSlots(chosen: readonly ModelInfo[], given: 0 | 1): number | undefined {
  return chosen.length === 0 ? undefined : Math.min(...chosen.map(({ length }) => length)) - given;
}

/** The chosen models that are there, in the order in which they are listed. */
export const chosenModels = (ids: readonly string[], { models }: Pick<Known, 'models'>): ModelInfo[] =>
  models.filter(({ id }) => ids.includes(id));

/** Ids of those that every measure of the view is asked for: what was removed does not count. */
export const askedOfPanels = (ids: readonly string[], models: readonly ModelInfo[]): string[] =>
  chosenModels(ids, { models })
    .slice(0, MAX_SWEEP_MODELS)
    .map(({ id }) => id);

function whole(text: string, least: number, most: number): { value: number } | { error: string } {
  const error = rangeError(text, least, most);
  return error === undefined ? { value: Number(text) } : { error };
}

/** How texts are to be written, or what is wrong with it. */
export function writingOf(
  form: EvaluateForm,
  chosen: readonly ModelInfo[],
  given: 0 | 1,
): { options: WriteOptions } | { errors: EvaluateErrors } {
  const count = whole(form.count, 2, MAX_SWEEP_TEXTS);
  const slots = whole(form.slots, 2, longestSlots(chosen, given) ?? MOST_STEPS);
  if ('error' in count || 'error' in slots) {
    return {
      errors: {
        ...('error' in count ? { count: count.error } : {}),
        ...('error' in slots ? { slots: slots.error } : {}),
      },
    };
  }
  const { prompt, sampler, temperature, topP, seed } = form;
  return {
    options: {
      ...{ count: count.value, length: slots.value + given, sampler, temperature, topP },
      seed: Math.min(LARGEST_SEED, seed),
      ...(prompt === '' ? {} : { prompt }),
    },
  };
}

/** What the engine is to be asked for, or what is wrong with it. */
export function optionsOf(
  state: Pick<EvaluateState, 'models' | 'steps' | 'form'>,
  { models, given }: Known,
): { options: EvaluateOptions } | { errors: EvaluateErrors } {
  const errors: EvaluateErrors = {};
  const chosen = chosenModels(state.models, { models });
  if (chosen.length === 0) errors.models = sweep.errors.models;
  if (chosen.length > MAX_SWEEP_MODELS) errors.models = sweep.errors.mostModels(MAX_SWEEP_MODELS);
  const steps = chosenSteps(state);
  if (!steps) errors.steps = sweep.errors.steps(MOST_STEPS);
  else if (steps.length === 0) errors.steps = sweep.errors.noSteps;
  else if (steps.length > MAX_SWEEP_STEPS) errors.steps = sweep.errors.mostSteps(MAX_SWEEP_STEPS);
  const writing = writingOf(state.form, chosen, given);
  if ('errors' in writing) Object.assign(errors, writing.errors);
  const wrongJudge = judgeError(state.form.judge);
  if (wrongJudge !== undefined) errors.judge = wrongJudge;
  if (!steps || 'errors' in writing || Object.keys(errors).length > 0) return { errors };
  const { judge } = state.form;
  return {
    options: {
      models: chosen.map(({ id }) => id),
      steps,
      ...writing.options,
      ...(judge === undefined ? {} : { judge }),
    },
  };
}

/** What a sweep comes to. */
export interface Plan {
  points: number;
  texts: number;
  /** Forward passes of one text each, about: how many steps write nothing is chance. */
  passes: number;
}

/**
 * What it will take.
 * @param kinds of models by their ids
 */
export function planOf(
  { models, steps = [], count = 0, length = 1 }: EvaluateOptions,
  kindOf: (model: string) => ModelInfo['kind'],
): Plan {
  const tokens = length - 1;
  const plan: Plan = { points: 0, texts: 0, passes: 0 };
  const add = (passes: number): void => {
    plan.points += 1;
    plan.texts += count;
    plan.passes += Math.round(count * passes);
  };
  for (const model of models) {
    if (kindOf(model) === 'causal') add(tokens);
    else for (const one of steps) add(expectedPasses(one, tokens));
  }
  return plan;
}

/** Forward passes of the texts that are in some points. */
export const passesDone = (points: readonly EvaluatedPoint[]): number =>
  points.reduce((sum, { texts, forwardPasses }) => sum + texts * forwardPasses, 0);
