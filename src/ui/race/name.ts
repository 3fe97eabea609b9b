/** What lanes are called: over their cards, and within a sentence. */
import type { LaneResult } from '../../worker/race/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { plural } from '../messages/english.ts';
import type { LaneSettings, NamedLane } from './named-lane.ts';

const KINDS: Readonly<Partial<Record<string, ModelInfo['kind']>>> = { teacher: 'teacher', causal: 'causal' };

/** What a model is; of one that is not listed yet its name says it. */
export const kindOf = (model: string, models: readonly ModelInfo[]): ModelInfo['kind'] =>
  models.find(({ id }) => id === model)?.kind ?? KINDS[model] ?? 'student';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A model as the page calls it: "Student"; one from a file by its name, one of a hub or distilled here by its title. */
export function titleOf(model: string, models: readonly ModelInfo[]): string {
  const info = models.find(({ id }) => id === model);
  if (info?.origin === 'file') return model;
  if (info?.origin === 'distilled' || info?.origin === 'hub') return info.title;
  return kindOf(model, models) === 'causal' ? 'Autoregressive' : capital(model);
}

function detailOf({ steps, sampler }: LaneSettings, kind: ModelInfo['kind']): string {
  if (kind === 'causal') return 'with KV cache, left to right';
  if (sampler === 'first-hitting') return 'first-hitting, one slot a pass';
  return `${plural(steps, 'step', 'steps')}, ${sampler}`;
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

/** Names for one lane, the shortest first; the last is no other's. */
function namesOf({ index, title, kind, settings: { model, steps, sampler } }: NamedLane): string[] {
  const known = title !== model;
  const name =
    known && kind === 'causal' ? 'the autoregressive model' : known ? `the ${title.toLowerCase()}` : title;
  const budget = sampler === 'first-hitting' ? 'first-hitting' : `at ${plural(steps, 'step', 'steps')}`;
  return [name, ...(kind === 'causal' ? [] : [`${name} ${budget}`]), `lane ${index + 1}`];
}

/** What each lane is called within a sentence: no longer than it takes to tell it from the others. */
export function spokenNames(lanes: readonly NamedLane[]): string[] {
  const names = lanes.map(namesOf);
  return names.map(
    (own, i) =>
      own.find((name) => names.every((others, j) => j === i || !others.includes(name))) ?? own.at(-1)!,
  );
}
