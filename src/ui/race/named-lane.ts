import type { DiffusionSampler } from '../../trace/trace.ts';
import type { LaneResult } from '../../worker/race/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { lanes } from '../messages/lanes.ts';
import { number } from '../../words/numbers.ts';

/** What a lane is asked for besides what all lanes share. */
export interface LaneSettings {
  model: string;
  /** Not read for a causal model, which has one way to write. */
  sampler: DiffusionSampler;
  /** Nominal steps; not read for samplers that have no step count, nor for a causal model. */
  steps: number;
}

/** Whether a lane has a step count: a causal model has none, nor has a sampler of one slot a pass. */
export const hasSteps = (kind: ModelInfo['kind'], { sampler }: Pick<LaneSettings, 'sampler'>): boolean =>
  kind !== 'causal' && sampler !== 'first-hitting';

/** What stands beside the name of a lane where there is little room: "32", "first-hitting", or nothing. */
export function budgetText(kind: ModelInfo['kind'], settings: LaneSettings): string {
  if (hasSteps(kind, settings)) return number(settings.steps);
  return kind === 'causal' ? '' : lanes.samplers[settings.sampler];
}

/** A lane as figures and exports show it. */
export interface NamedLane {
  /** Index among the lanes. */
  index: number;
  /** What the page calls it, such as "Student". */
  title: string;
  /** What sets it apart, such as "4 steps, ancestral". */
  detail: string;
  kind: ModelInfo['kind'];
  settings: LaneSettings;
  /** Absent until it has been run. */
  result: LaneResult | undefined;
}
