/** Plays several recorded runs against each other: pure functions of a position, no timer. */

/**
 * What decides when a pass is shown. `time`: the measured time, each pass an equal share of its lane's. `pass`: one
 * pass of every lane per tick. `fraction`: the share of a lane's own passes, so that all are done at once.
 */
export type RaceRule = 'time' | 'pass' | 'fraction';

export const RACE_RULES: readonly RaceRule[] = ['time', 'pass', 'fraction'];

/** What the clock needs to know of a lane that has been run. */
export interface RaceLane {
  /** Recorded passes. */
  passes: number;
  /** Measured time of all of them, ms. */
  milliseconds: number;
}

/** The clock of a race. Positions and ends are in the unit of its rule: milliseconds, passes, or shares of a run. */
export interface RaceClock {
  rule: RaceRule;
  /** Undefined for lanes that have not been run. */
  lanes: readonly (RaceLane | undefined)[];
  /** Where each lane ends; 0 for those that have not been run. */
  ends: readonly number[];
  /** Where the last one does. */
  end: number;
  /** Positions at which something comes, rising, after that of the start. */
  moments: readonly number[];
  /** How long the race is on the screen at speed 1, ms. */
  duration: number;
  /** How many times slower than it was measured that is; undefined where the rule is not time. */
  slowed: number | undefined;
}

/** A lane at one position of the clock. */
export interface Standing {
  /** Recorded passes that are shown. */
  shown: number;
  passes: number;
  /** Whether what the last of them brought is still new: until the next would come. */
  fresh: boolean;
  done: boolean;
}

/** How long a race is on the screen at speed 1 unless there is a reason for another time, ms. */
const USUAL = 8000;
/** Longest that one pass of few is shown, ms. */
const LONGEST_PASS = 700;
/** Clocks of browsers tick; a run that took less than this seems to have taken no time, ms. */
const LEAST_TIME = 0.001;

/** Where the j-th pass of a lane comes. The last one comes at the end exactly, which a division might miss by a bit. */
const arrival = (end: number, j: number, passes: number): number => (j === passes ? end : (end * j) / passes);

function endOf({ passes, milliseconds }: RaceLane, rule: RaceRule): number {
  if (rule === 'time') return Math.max(milliseconds, LEAST_TIME);
  return rule === 'pass' ? passes : 1;
}

/** Time on the screen, and by how much that stretches what was measured: never less than it took, at a speed of 1. */
function pace(rule: RaceRule, end: number, most: number): Pick<RaceClock, 'duration' | 'slowed'> {
  if (rule !== 'time') return { duration: Math.min(USUAL, most * LONGEST_PASS), slowed: undefined };
  // Two digits, so that what is said of it is exact.
  const slowed = end > 0 ? Math.max(1, Number((USUAL / end).toPrecision(2))) : 1;
  return { duration: end * slowed, slowed };
}

/** The clock of a race. @param lanes undefined for those that have not been run: they do not count */
export function raceClock(lanes: readonly (RaceLane | undefined)[], rule: RaceRule): RaceClock {
  const ends = lanes.map((lane) => (lane ? endOf(lane, rule) : 0));
  const arrivals = lanes.flatMap((lane, i) =>
    Array.from({ length: lane?.passes ?? 0 }, (_, j) => arrival(ends[i], j + 1, lane!.passes)),
  );
  const end = Math.max(0, ...ends);
  const most = Math.max(0, ...lanes.map((lane) => lane?.passes ?? 0));
  return {
    ...{ rule, lanes, ends, end, moments: [...new Set([0, ...arrivals])].sort((a, b) => a - b) },
    ...pace(rule, end, most),
  };
}

/**
 * A lane at a position.
 * @returns undefined for a lane that has not been run
 */
export function standing(clock: RaceClock, index: number, position: number): Standing | undefined {
  const lane = clock.lanes[index];
  if (!lane) return undefined;
  const { passes } = lane;
  const end = clock.ends[index];
  // Rounding may put the quotient on the wrong side of a moment; what the moments were made with decides.
  let shown = Math.max(0, Math.min(passes, Math.floor((position * passes) / end)));
  while (shown < passes && arrival(end, shown + 1, passes) <= position) shown++;
  while (shown > 0 && arrival(end, shown, passes) > position) shown--;
  const over = position >= clock.end || position >= arrival(end, passes + 1, passes);
  return { shown, passes, fresh: shown > 0 && !over, done: shown === passes };
}

/** The next moment at which something comes; the end, where there is none. */
export const momentAfter = ({ moments, end }: RaceClock, position: number): number =>
  moments.find((moment) => moment > position) ?? end;

/** The moment before; the start, where there is none. */
export const momentBefore = ({ moments }: RaceClock, position: number): number =>
  moments.findLast((moment) => moment < position) ?? 0;

/** Where the clock stands after some time on the screen at speed 1, ms; it stops at the end. */
export const positionAfter = (
  { end, duration }: RaceClock,
  position: number,
  milliseconds: number,
): number => (duration > 0 ? Math.min(end, position + (milliseconds * end) / duration) : end);

/** The same share of a race by another clock. */
export function carried(from: RaceClock, to: RaceClock, position: number): number {
  if (from.end === 0 || position >= from.end) return to.end;
  return Math.min(to.end, Math.max(0, (position / from.end) * to.end));
}
