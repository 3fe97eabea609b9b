/** What lanes are called: over their cards, and within a sentence. */
import type { LaneResult } from '../../worker/race/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { lanes as said } from '../messages/lanes.ts';
import type { LaneSettings, NamedLane } from './named-lane.ts';

const KINDS: Readonly<Partial<Record<string, ModelInfo['kind']>>> = { teacher: 'teacher', causal: 'causal' };

/** What a model is; of one that is not listed yet its name says it. */
export const kindOf = (model: string, models: readonly ModelInfo[]): ModelInfo['kind'] =>
  models.find(({ id }) => id === model)?.kind ?? KINDS[model] ?? 'student';

/** Models that come with the page and have names of their own in its language. */
const isNamed = (model: string): model is 'teacher' | 'student' => model === 'teacher' || model === 'student';

/** A model as the page calls it: "Student"; one from a file by its name, one of a hub or distilled here by its title. */
export function titleOf(model: string, models: readonly ModelInfo[]): string {
  const info = models.find(({ id }) => id === model);
  if (info?.origin === 'file') return model;
  if (info?.origin === 'distilled' || info?.origin === 'hub') return info.title;
  if (kindOf(model, models) === 'causal') return said.titles.causal;
  return isNamed(model) ? said.titles[model] : said.title(model);
}

function detailOf({ steps, sampler }: LaneSettings, kind: ModelInfo['kind']): string {
  if (kind === 'causal') return said.details.causal;
  return sampler === 'first-hitting'
    ? said.details.firstHitting
    : said.details.steps(steps, said.samplers[sampler]);
}

/**
 * Lanes with their names.
 * @param results of each lane; undefined where it has not been run
 */
export function nameLanes(
  lanes: readonly LaneSettings[],
  models: readonly ModelInfo[],
  results: readonly (LaneResult | undefined)[],
): NamedLane[] {
  return lanes.map((settings, index) => {
    const kind = kindOf(settings.model, models);
    return {
      ...{ index, kind, settings, result: results[index] },
      title: titleOf(settings.model, models),
      detail: detailOf(settings, kind),
    };
  });
}

/** A model within a sentence. */
function nameOf({ title, kind, settings: { model } }: NamedLane): string {
  // A model of the visitor's own is called what it is called.
  if (title === model) return title;
  if (kind === 'causal') return said.names.causal;
  return isNamed(model) ? said.names[model] : said.names.titled(title);
}

/** Names for one lane, the shortest first; the last is no other's. */
function namesOf(lane: NamedLane): string[] {
  const { index, kind, settings } = lane;
  const name = nameOf(lane);
  const budget =
    settings.sampler === 'first-hitting'
      ? said.names.firstHitting(name)
      : said.names.atSteps(name, settings.steps);
  return [name, ...(kind === 'causal' ? [] : [budget]), said.names.lane(index + 1)];
}

/** What each lane is called within a sentence: no longer than it takes to tell it from the others. */
export function spokenNames(lanes: readonly NamedLane[]): string[] {
  const names = lanes.map(namesOf);
  return names.map(
    (own, i) =>
      own.find((name) => names.every((others, j) => j === i || !others.includes(name))) ?? own.at(-1)!,
  );
}
