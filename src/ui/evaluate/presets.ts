/** Evaluations to choose from: each asks a question, of models that are here, and names those that are not. */
import {
  RELEASED,
  teacherOf,
  type ReleasedGroup,
  type ReleasedModel,
} from '../../worker/checkpoints/released.ts';
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

/** A released checkpoint, where it is here. */
const hereOf = ({ repo, revision }: ReleasedModel, models: readonly ModelInfo[]): ModelInfo | undefined =>
  models.find(({ hub }) => hub?.repo === repo && hub.revision === revision);

/** What of some released checkpoints is here, and the titles of what is not. */
function split(released: readonly ReleasedModel[], models: readonly ModelInfo[]) {
  const here = released.flatMap((one) => hereOf(one, models) ?? []);
  const missing = released.filter((one) => !hereOf(one, models)).map(({ title }) => title);
  return { models: inOrder(here).map(({ id }) => id), missing };
}

/** The teacher that students of a group come from. */
const teachersOf = ({ models: [first] }: ReleasedGroup): ReleasedModel[] => {
  const teacher = teacherOf(first);
  return teacher ? [teacher] : [];
};

const familiesOf = (prefix: string): ReleasedGroup[] => RELEASED.filter(({ id }) => id.startsWith(prefix));

/** The same round of several families: the last of which most are here. */
function sameRound(families: readonly ReleasedGroup[], models: readonly ModelInfo[]): ReleasedModel[] {
  const rounds = families[0].models.map((_, round) => families.map((family) => family.models[round]));
  const here = (round: readonly ReleasedModel[]): number => round.filter((one) => hereOf(one, models)).length;
  return rounds.reduce((best, round) => (here(round) >= here(best) ? round : best));
}

/** Students that were made here, with the teachers that they can be held against. */
function ownRounds(models: readonly ModelInfo[]): ModelInfo[] {
  // Students of earlier versions of the page do not say whose they are.
  const own = models.filter(({ kind, teacher }) => kind === 'student' && teacher !== undefined);
  const last = own.at(-1);
  if (!last) return [];
  const { teacher } = last;
  const rounds = own.filter((one) => one.teacher === teacher);
  return [...models.filter(({ id }) => id === teacher), ...rounds.slice(1 - MAX_SWEEP_MODELS)];
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
  const here = ({ models: all }: ReleasedGroup): number => all.filter((one) => hereOf(one, models)).length;
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
            ...split([...teachersOf(family), ...family.models], models),
            steps: MANY,
          }),
    },
    {
      ...{ id: 'losses', ...says.losses, steps: MANY },
      ...split([...teachersOf(losses[0]), ...sameRound(losses, models)], models),
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
