/** What the button beside the race does now, and why one would press it. */
import { isChanged, isStale, isWhole, type RaceState } from '../stores/race.ts';
import { REPEATS } from './sentence.ts';

const TIMES = { [REPEATS.gpu]: 'five times', [REPEATS.cpu]: 'three times' } as const;

export interface Setup {
  /** Whether there is a race to cancel. */
  cancels: boolean;
  /** Whether another one can be run; it takes the place of one that is under way. */
  runs: boolean;
  says: string;
}

function says(state: RaceState, cpu: boolean): string {
  const changed = isChanged(state);
  if (state.status === 'running') {
    if (changed) return 'The race before your change is still running.';
    const often = cpu ? `${TIMES[REPEATS.cpu]}, since this is a CPU` : TIMES[REPEATS.gpu];
    const last = isStale(state) ? ' Till the first is through, the last race stays.' : '';
    return `Each lane warms up once and is timed ${often}.${last}`;
  }
  if (state.race === undefined) return 'Nothing has been run yet.';
  if (isStale(state)) return 'The lanes show a race with other settings: run this one to see it.';
  if (changed) return 'Changed: run it to see what it does.';
  if (state.status === 'measuring') return 'More texts are being written, below.';
  return isWhole(state) ? 'The lanes show this race.' : 'Not every lane is through: run it again.';
}

/** @param cpu whether a CPU does the work, which takes long for each run */
export function setupOf(state: RaceState, cpu: boolean): Setup {
  const running = state.status === 'running';
  return { cancels: running, runs: !running || isChanged(state), says: says(state, cpu) };
}
