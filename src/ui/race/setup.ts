/** What the button beside the race does now, and why one would press it. */
import { race, raceSetup } from '../messages/race.ts';
import { isChanged, isStale, isWhole, REPEATS, type RaceState } from '../stores/race.ts';

export interface Setup {
  /** Whether there is a race to cancel. */
  cancels: boolean;
  /** Whether another one can be run; it takes the place of one that is under way. */
  runs: boolean;
  says: string;
}

function says(state: RaceState, cpu: boolean): string {
  const words = raceSetup.state;
  const changed = isChanged(state);
  if (state.status === 'running') {
    if (changed) return words.beforeChange;
    const often = cpu ? words.timedCpu(REPEATS.cpu) : words.timed(REPEATS.gpu);
    return isStale(state) ? `${often} ${words.lastStays}` : often;
  }
  if (state.race === undefined) return race.notRun;
  if (isStale(state)) return words.other;
  if (changed) return words.changed;
  if (state.status === 'measuring') return words.measuring;
  return isWhole(state) ? words.shown : words.notWhole;
}

/** @param cpu whether a CPU does the work, which takes long for each run */
export function setupOf(state: RaceState, cpu: boolean): Setup {
  const running = state.status === 'running';
  return { cancels: running, runs: !running || isChanged(state), says: says(state, cpu) };
}
