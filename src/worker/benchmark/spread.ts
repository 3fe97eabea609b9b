/** Repeated timings, in milliseconds. */
export interface Spread {
  median: number;
  least: number;
  most: number;
  /** All of them, in the order in which they were taken. */
  values: number[];
}

/** Median and range of timings. */
export function spread(values: number[]): Spread {
  if (values.length === 0) throw new Error('no timings: there is no median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted[sorted.length - 1], values };
}

/** Timings divided by those that something else took in the same rounds: above 1 they are slower. */
export function ratiosTo(values: readonly number[], base: readonly number[]): Spread {
  return spread(values.map((value, round) => value / base[round]));
}

/** How often a thing is measured: `most` times, or fewer once `seconds` are spent, but at least `least` times. */
export interface Effort {
  most: number;
  least: number;
  seconds: number;
}

/** What came of a thing that was measured in turn: all its timings, or why there are none. */
export type Turn = { values: number[] } | { error: unknown };

/**
 * Take timings of several things in turn (A B A B ...), so that what changes in the meantime, such as a clock that
 * throttles, meets them all alike. One that fails is left out from then on; the others go on.
 * @param timings each takes one timing, in milliseconds
 * @param before told which thing comes next and in which round, both from 0; what it throws ends everything
 */
export async function takeTurns(
  timings: (() => Promise<number>)[],
  effort: Effort,
  before: (index: number, round: number) => void = () => undefined,
): Promise<Turn[]> {
  const turns: Turn[] = timings.map(() => ({ values: [] }));
  const start = performance.now();
  for (let round = 0; round < effort.most; round++) {
    if (round >= effort.least && performance.now() - start > 1000 * effort.seconds) break;
    for (const [i, timing] of timings.entries()) {
      const turn = turns[i];
      if ('error' in turn) continue;
      before(i, round);
      try {
        turn.values.push(await timing());
      } catch (error) {
        turns[i] = { error };
      }
    }
  }
  return turns;
}

/** `takeTurns` where nothing may fail. @throws what the first thing that failed threw */
export async function inTurn(timings: (() => Promise<number>)[], effort: Effort): Promise<Spread[]> {
  return (await takeTurns(timings, effort)).map((turn) => {
    if ('error' in turn) throw turn.error;
    return spread(turn.values);
  });
}
