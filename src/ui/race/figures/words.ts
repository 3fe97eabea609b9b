/** Figures of lanes in words, for the page and for what is saved of it. */
import type { LaneResult, Spread } from '../../../worker/race/result.ts';
import { plural } from '../../messages/english.ts';
import { duration, number } from '../../watch/numbers.ts';
import type { NamedLane } from '../named-lane.ts';
import { compareQuality, compareSpeeds, type JudgedLane } from './compare.ts';

/** Where a race ran. */
export interface Where {
  /** One line for a person, such as "apple metal-3". */
  device: string;
  /** True where a CPU plays GPU. */
  software: boolean;
}

/** "7.98 to 9.10 ms": least and most of several runs; undefined of one. */
export function rangeText({ least, most, values }: Spread): string | undefined {
  if (values.length < 2) return undefined;
  const [low, high] = [duration(least), duration(most)];
  const unit = / \S+$/;
  // The unit once, where it is the same.
  return unit.exec(low)?.[0] === unit.exec(high)?.[0]
    ? `${low.replace(unit, '')} to ${high}`
    : `${low} to ${high}`;
}

/** "7.1×" */
export const timesText = (factor: number): string => `${number(factor, factor < 99.95 ? 1 : 0)}×`;

/** "4 forward passes" */
export const passesText = ({ forwardPasses }: LaneResult): string =>
  plural(forwardPasses, 'forward pass', 'forward passes');

const CLOCKS = { gpu: 'by the GPU’s own clock', wall: 'by a clock on the wall, waiting included' } as const;

/** That of which a CPU is the reason; undefined on a GPU. */
export function slowness(lanes: readonly NamedLane[], { software }: Where): string | undefined {
  if (software) return 'A CPU plays GPU here: these times say nothing about GPUs.';
  if (lanes.some(({ result }) => result?.cost.backend === 'wasm'))
    return 'onnxruntime-web computed this on the CPU: these times say nothing about GPUs.';
  return undefined;
}

/** Least and most of some counts: "5", "2 to 5". */
const rangeOf = (counts: readonly number[]): string => {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? number(least) : `${number(least)} to ${number(most)}`;
};

/** How times were taken, in a sentence; undefined while there are none. */
export function timesSource(lanes: readonly NamedLane[], { device }: Where): string | undefined {
  const { clock, speeds } = compareSpeeds(lanes);
  const runs = speeds.flatMap((speed) => speed?.time.values.length ?? []);
  if (!clock) return undefined;
  const spread = Math.max(...runs) > 1 ? 'Medians, with least and most, of' : 'Times of';
  const count = `${rangeOf(runs)} ${Math.max(...runs) === 1 ? 'run' : 'runs'}`;
  return `${spread} ${count} of each lane, ${CLOCKS[clock]}, on ${device}.`;
}

const textsText = ({ least, most }: { least: number; most: number }): string =>
  `${rangeOf([least, most])} ${most === 1 ? 'text' : 'texts'}`;

/** Whose judgement it is, and over what, in a sentence; undefined while there is none. */
export function qualitySource(lanes: readonly NamedLane[]): string | undefined {
  const { judge, texts, lanes: judged } = compareQuality(lanes);
  if (!texts) return undefined;
  const others = judged.some(({ standing }) => standing === 'other-judge');
  const who =
    judge === undefined
      ? 'No other model judged'
      : `Perplexity as the model “${judge}” judges${others ? '; lanes with another judge are not compared' : ''}`;
  const interval =
    texts.most > 1
      ? 'Intervals: 95 % for the mean over texts, by Student’s t; for perplexity, of the mean log-probability.'
      : 'One text has no interval: measure more of them to compare.';
  return `${who}. All over the tokens that a lane wrote, ${textsText(texts)} a lane. ${interval}`;
}

/** What is said in place of, or beside, a perplexity that is not compared. */
export function standingText({ standing, quality }: JudgedLane): string | undefined {
  switch (standing) {
    case 'self-scored':
      return 'self-scored, not compared';
    case 'other-judge':
      return `judged by ${quality?.judge}, not compared`;
    case 'unjudged':
      return 'not judged';
    case 'compared':
    case 'unknown':
      return undefined;
  }
}

/** A name for each lane that no other has: "Student", or "Student, 4 steps" where titles repeat. */
export function laneNames(lanes: readonly NamedLane[]): string[] {
  return lanes.map(({ title, detail }) =>
    lanes.filter((other) => other.title === title).length === 1 ? title : `${title}, ${detail}`,
  );
}

/**
 * What came of a race, in a sentence: who was how much faster; where times say nothing about GPUs, in how many passes
 * who wrote.
 */
export function headline(lanes: readonly NamedLane[], where: Where): string {
  const names = laneNames(lanes);
  const { speeds } = compareSpeeds(lanes);
  const known = speeds.flatMap((speed, i) => (speed ? { ...speed, name: names[i] } : []));
  if (known.length === 0) return 'Nothing has been run yet.';
  const sorted = known.toSorted((a, b) => b.tokensPerSecond.median - a.tokensPerSecond.median);
  const [fastest, slowest] = [sorted[0], sorted[sorted.length - 1]];
  const { speedUp } = fastest;
  if (slowness(lanes, where) === undefined && speedUp !== undefined && speedUp >= 1.05 && !fastest.overlaps)
    return `${fastest.name}: ${timesText(speedUp)} as many tokens per second as ${slowest.name}, in ${passesText(fastest.result)} against ${number(slowest.result.forwardPasses)}.`;
  const byPasses = known.toSorted((a, b) => a.result.forwardPasses - b.result.forwardPasses);
  // Of many, the ends.
  const told = byPasses.length > 4 ? [byPasses[0], byPasses[byPasses.length - 1]] : byPasses;
  const counts = told.map(({ name, result }) => `${name} ${number(result.forwardPasses)}`);
  return `Forward passes to the end of the text: ${counts.join(told.length < known.length ? ' to ' : ', ')}.`;
}
