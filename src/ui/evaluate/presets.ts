/** Evaluations to choose from: each asks a question, of models that are here, and names those that are not. */
import { RELEASED, type ReleasedGroup } from '../../worker/checkpoints/released.ts';
import { MAX_SWEEP_MODELS } from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { sweep } from '../messages/evaluate/sweep.ts';
import { inOrder, type EvaluateState } from '../stores/evaluate.ts';
import { chosenModels, chosenSteps } from './form.ts';

export interface EvaluatePreset {
  id: 'pair' | 'rounds' | 'losses' | 'sizes';
  label: string;
  /** What it asks, in a sentence. */
  says: string;
  /** Ids of its models that are here, in the order in which they are listed. */
  models: string[];
  /** Titles of those that would belong to it. */
  missing: string[];
  steps: number[];
}

/** Steps of models that write short texts. */
const FEW = [1, 2, 4, 8, 16, 32];
/** Steps of released models, whose texts are long. */
const MANY = [4, 8, 16, 32, 64, 128];

/** A released checkpoint is known by its title. */
const hereOf = (title: string, models: readonly ModelInfo[]): ModelInfo | undefined =>
  models.find((model) => model.origin === 'hub' && model.title === title);

/** What of some titles is here, and what is not. */
function split(titles: readonly string[], models: readonly ModelInfo[]) {
  const here = titles.flatMap((title) => hereOf(title, models) ?? []);
  const missing = titles.filter((title) => !hereOf(title, models));
  return { models: inOrder(here).map(({ id }) => id), missing };
}

/** Title of the teacher that students of a group come from. */
const teacherTitle = ({ models: [first] }: ReleasedGroup): string[] =>
  RELEASED.flatMap(({ models }) => models)
    .filter(({ repo, revision }) => repo === first.repo && revision === first.teacher)
    .map(({ title }) => title);

const familiesOf = (prefix: string): ReleasedGroup[] => RELEASED.filter(({ id }) => id.startsWith(prefix));

/** The same round of several families: the last of which most are here. */
function sameRound(families: readonly ReleasedGroup[], models: readonly ModelInfo[]): string[] {
  const rounds = families[0].models.map((_, round) => families.map((family) => family.models[round].title));
  const here = (titles: readonly string[]): number => titles.filter((title) => hereOf(title, models)).length;
  return rounds.reduce((best, titles) => (here(titles) >= here(best) ? titles : best));
}

/** Students that were made here, with the teachers that they can be held against. */
function ownRounds(models: readonly ModelInfo[]): ModelInfo[] {
  const own = models.filter(({ origin, kind }) => origin === 'distilled' && kind === 'student');
  const last = own.at(-1);
  if (!last) return [];
  // "Student of X, 8 steps": those of one teacher belong together.
  const from = /^Student of (.+), [\d,]+ steps?/;
  const teacher = from.exec(last.title)?.[1];
  const rounds = own.filter(({ title }) => from.exec(title)?.[1] === teacher);
  return [...models.filter(({ title }) => title === teacher), ...rounds.slice(1 - MAX_SWEEP_MODELS)];
}

/**
 * The evaluations that could be run.
 * @param models all that are known
 */
export function presetsOf(models: readonly ModelInfo[]): EvaluatePreset[] {
  const bundled = inOrder(models.filter(({ origin, kind }) => origin === 'bundled' && kind !== 'causal'));
  const own = ownRounds(models);
  const losses = familiesOf('baselines-');
  const sizes = familiesOf('scaling-');
  const here = ({ models: all }: ReleasedGroup): number =>
    all.filter(({ title }) => hereOf(title, models)).length;
  const family = [...losses, ...sizes].reduce((best, one) => (here(one) > here(best) ? one : best));
  const says = sweep.presets;
  const presets: EvaluatePreset[] = [
    {
      ...{ id: 'pair', ...says.pair, steps: FEW },
      ...{ models: bundled.map(({ id }) => id), missing: [] },
    },
    {
      ...{ id: 'rounds', ...says.rounds },
      ...(own.length > 0
        ? { models: inOrder(own).map(({ id }) => id), missing: [], steps: FEW }
        : {
            ...split([...teacherTitle(family), ...family.models.map(({ title }) => title)], models),
            steps: MANY,
          }),
    },
    {
      ...{ id: 'losses', ...says.losses, steps: MANY },
      ...split([...teacherTitle(losses[0]), ...sameRound(losses, models)], models),
    },
    {
      ...{ id: 'sizes', ...says.sizes, steps: MANY },
      ...split(sameRound(sizes, models), models),
    },
  ];
  return presets;
}

/** Whether what is chosen is what an evaluation asks for: its models and its steps, and no others. */
export function isChosen(
  preset: EvaluatePreset,
  asked: Pick<EvaluateState, 'models' | 'steps' | 'form'>,
  models: readonly ModelInfo[],
): boolean {
  const same = <T>(wanted: readonly T[], chosen: readonly T[]): boolean =>
    wanted.length > 0 && wanted.length === chosen.length && wanted.every((one) => chosen.includes(one));
  const ids = chosenModels(asked.models, { models }).map(({ id }) => id);
  return same(preset.models, ids) && same(preset.steps, chosenSteps(asked) ?? []);
}
