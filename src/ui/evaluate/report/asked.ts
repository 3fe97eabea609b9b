/** What a report is asked for, as it is typed, and what the engine is asked for. */
import {
  LEAST_MAUVE_TEXTS,
  MAX_SWEEP_MODELS,
  MAX_SWEEP_TEXTS,
  SWEEP_STEPS,
  type BoundOptions,
  type EvaluateOptions,
  type JudgeInfo,
  type LastWordOptions,
  type MauveOptions,
} from '../../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../../worker/protocol.ts';
import { ownTexts, type GivenTexts } from '../../components/texts.ts';
import { report as words } from '../../messages/evaluate/report.ts';
import { rangeError, type Errors } from '../panels-form.ts';
import { inOrder } from '../../stores/evaluate.ts';
import { EXAMPLE_STEPS } from './report.ts';

export interface ReportForm {
  /** Id; undefined: the first teacher there is. */
  teacher: string | undefined;
  /** Students and causal models that were taken in or left out by hand, by their ids. */
  beside: Readonly<Partial<Record<string, boolean>>>;
  /** Texts of a point. */
  count: string;
  /** Tokens of a text, the first included. */
  length: string;
  /** Most steps of the sweep, a power of two. */
  upTo: number;
  /** Items of the last word; empty: all. */
  items: string;
  seed: string;
  /** For the perplexity of a given text. */
  heldOut: GivenTexts;
  /** For MAUVE. */
  reference: GivenTexts;
}

const none: GivenTexts = { pasted: '', file: undefined };

export const firstReport: ReportForm = {
  ...{ teacher: undefined, beside: {}, count: '64', length: '33', upTo: 64, items: '', seed: '0' },
  ...{ heldOut: none, reference: none },
};

export const teachersOf = (models: readonly ModelInfo[]): ModelInfo[] =>
  models.filter(({ kind }) => kind === 'teacher');

/** The teacher that is chosen; undefined where there is none. */
export const teacherOf = ({ teacher }: Pick<ReportForm, 'teacher'>, models: readonly ModelInfo[]) =>
  teachersOf(models).find(({ id }) => id === teacher) ?? teachersOf(models).at(0);

/** Models that may stand beside a teacher: students and causal models with as many tokens, in the order of the report. */
export const companionsOf = (teacher: ModelInfo, models: readonly ModelInfo[]): ModelInfo[] =>
  inOrder(models.filter(({ kind, vocabulary }) => kind !== 'teacher' && vocabulary === teacher.vocabulary));

/**
 * Whether a model stands beside a teacher where nobody said: what comes with the page beside what does, and what was
 * distilled here. Of others it is not known whether their tokens mean the same.
 */
const besideByDefault = (teacher: ModelInfo, { origin }: ModelInfo): boolean =>
  origin === 'distilled' || (origin === 'bundled' && teacher.origin === 'bundled');

/** Whether a model stands beside the teacher. */
export const isBeside = (
  { beside }: Pick<ReportForm, 'beside'>,
  teacher: ModelInfo,
  model: ModelInfo,
): boolean => beside[model.id] ?? besideByDefault(teacher, model);

/** Model that judges where nobody is named. */
const USUAL_JUDGE = 'causal';

/**
 * Who will judge the texts of a teacher and of those beside it, as far as it is known before.
 * @param judge undefined: as the engine chooses
 */
export function judgeOf(
  judge: EvaluateOptions['judge'],
  teacher: ModelInfo,
  known: readonly ModelInfo[],
): Omit<JudgeInfo, 'backend'> | undefined {
  if (judge === null) return undefined;
  if (typeof judge === 'object') return { id: judge.repo, title: judge.repo, retokenised: true };
  const found = known.find(({ id, kind }) => id === (judge ?? USUAL_JUDGE) && kind === 'causal');
  if (!found) return undefined;
  const { id, title, vocabulary } = found;
  const same = vocabulary === teacher.vocabulary;
  // The engine's choice judges only texts of its own tokens.
  return same || judge !== undefined ? { id, title, retokenised: !same } : undefined;
}

/** Calls of a report; those without options are not made. */
export interface ReportCalls {
  models: ModelInfo[];
  sweep: EvaluateOptions;
  lastWord: LastWordOptions;
  bound: BoundOptions | undefined;
  mauve: MauveOptions | undefined;
}

const LARGEST_SEED = 2 ** 32 - 1;

/**
 * What to ask the engine for.
 * @param judge undefined: as the engine chooses
 */
export function reportCalls(
  form: ReportForm,
  known: readonly ModelInfo[],
  judge: EvaluateOptions['judge'],
): { calls: ReportCalls } | { errors: Errors<ReportForm> } {
  const errors: Errors<ReportForm> = {};
  const teacher = teacherOf(form, known);
  if (!teacher) return { errors: { models: words.errors.noTeacher } };
  const models = [teacher, ...companionsOf(teacher, known).filter((model) => isBeside(form, teacher, model))];
  if (models.length > MAX_SWEEP_MODELS) errors.models = words.errors.mostModels(MAX_SWEEP_MODELS);
  const check = (name: 'count' | 'length' | 'seed' | 'items', least: number, most: number): number => {
    const error = rangeError(form[name], least, most);
    if (error !== undefined) errors[name] = error;
    return Number(form[name]);
  };
  const [heldOut, reference] = [ownTexts(form.heldOut), ownTexts(form.reference)];
  const count = check('count', reference.length > 0 ? LEAST_MAUVE_TEXTS : 2, MAX_SWEEP_TEXTS);
  const length = check('length', 2, Math.min(...models.map((model) => model.length)));
  const seed = check('seed', 0, LARGEST_SEED);
  const items = form.items.trim() === '' ? undefined : check('items', 1, 1_000_000);
  if (reference.length > 0 && reference.length < LEAST_MAUVE_TEXTS)
    errors.reference = words.errors.fewTexts(LEAST_MAUVE_TEXTS);
  if (Object.keys(errors).length > 0) return { errors };
  const ids = models.map(({ id }) => id);
  const steps = SWEEP_STEPS.filter((step) => step <= form.upTo);
  return {
    calls: {
      models,
      sweep: { models: ids, steps, count, length, seed, ...(judge === undefined ? {} : { judge }) },
      lastWord: { models: ids, seed, ...(items === undefined ? {} : { count: items }) },
      bound: heldOut.length > 0 ? { models: ids, texts: heldOut, seed } : undefined,
      mauve:
        reference.length > 0
          ? // The texts of the sweep, which are kept.
            {
              ...{ models: ids, steps: EXAMPLE_STEPS.filter((step) => step <= form.upTo) },
              ...{ count, length, seed, reference },
            }
          : undefined,
    },
  };
}
