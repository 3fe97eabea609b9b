import { kindOf } from '../race/name.ts';
import type { LaneSettings } from '../race/named-lane.ts';
import { useEngine } from '../stores/engine.ts';
import { useRace, withLaneAdded, withLaneChanged, withLaneRemoved } from '../stores/race.ts';

/** Change one lane; it is empty until it is run. */
export function changeLane(index: number, changed: Partial<LaneSettings>): void {
  useRace.setState((state) => withLaneChanged(state, index, changed));
}

/** Take one lane out; the others keep what they wrote. */
export function removeLane(index: number): void {
  useRace.setState((state) => withLaneRemoved(state, index));
}

/** One more lane: the last that has steps, with twice as many, or the next number that no lane has yet. */
export function addLane(): void {
  const { models } = useEngine.getState();
  useRace.setState((state) => {
    const { lanes } = state.settings;
    const last = lanes.findLast(({ model }) => kindOf(model, models) !== 'causal') ?? lanes.at(-1)!;
    const taken = lanes.filter(({ model }) => model === last.model).map(({ steps }) => steps);
    let steps = last.steps * 2;
    while (taken.includes(steps) || steps > 1024) steps = steps > 1024 ? 1 : steps * 2;
    return withLaneAdded(state, { ...last, steps });
  });
}

/** Open the settings of a lane, or of none. */
export function editLane(index: number | undefined): void {
  useRace.setState({ editing: index });
}

/** Point the dial of step budgets at a lane. */
export function focusLane(focus: number): void {
  useRace.setState({ focus });
}
