import type { ModelInfo } from '../../worker/protocol.ts';
import { kindOf } from '../race/name.ts';
import { hasSteps, type LaneSettings } from '../race/named-lane.ts';
import { useEngine } from '../stores/engine.ts';
import { useRace, withLaneAdded, withLaneChanged, withLaneRemoved } from '../stores/race.ts';
import { recognised } from './race-settings.ts';

/** Change one lane; it is empty until it is run. */
export function changeLane(index: number, changed: Partial<LaneSettings>): void {
  useRace.setState((state) => recognised(withLaneChanged(state, index, changed)));
}

/** Take one lane out; the others keep what they wrote. */
export function removeLane(index: number): void {
  useRace.setState((state) => recognised(withLaneRemoved(state, index)));
}

/**
 * A lane that is no other's: the last that has steps, with twice as many, or the next number that no lane has yet.
 * Where none has steps it is a model that can take them; where there is no such model, the last lane again.
 */
function anotherLane(lanes: readonly LaneSettings[], models: readonly ModelInfo[]): LaneSettings {
  const last = lanes.findLast((lane) => hasSteps(kindOf(lane.model, models), lane));
  if (!last) {
    const able = [...lanes.map(({ model }) => model).toReversed(), ...models.map(({ id }) => id)];
    const model = able.find((id) => kindOf(id, models) !== 'causal');
    return model === undefined ? lanes.at(-1)! : { model, sampler: 'ancestral', steps: 4 };
  }
  const { model, sampler } = last;
  const taken = lanes.filter((lane) => lane.model === model && lane.sampler === sampler);
  let steps = last.steps * 2;
  while (steps > 1024 || taken.some((lane) => lane.steps === steps)) steps = steps > 1024 ? 1 : steps * 2;
  return { ...last, steps };
}

/** One more lane, other than those that are there. */
export function addLane(): void {
  const { models } = useEngine.getState();
  useRace.setState((state) => recognised(withLaneAdded(state, anotherLane(state.settings.lanes, models))));
}

/** Open the settings of a lane, or of none. */
export function editLane(index: number | undefined): void {
  useRace.setState({ editing: index });
}

/** Point the dial of step budgets at a lane. */
export function focusLane(focus: number): void {
  useRace.setState({ focus });
}
