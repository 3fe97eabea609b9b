/** Figures of lanes in words, for the page and for what is saved of it. */
import type { Spread } from '../../../worker/race/result.ts';
import { lanes as laneWords } from '../../messages/lanes.ts';
import { measured } from '../../messages/measured.ts';
import { raceFigures } from '../../messages/race-figures.ts';
import { duration, number } from '../../../words/numbers.ts';
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
    ? measured.range(low.replace(unit, ''), high)
    : measured.range(low, high);
}

/** "7.1×" */
export const timesText = (factor: number): string => `${number(factor, factor < 99.95 ? 1 : 0)}×`;

/** That of which a CPU is the reason; undefined on a GPU. */
export function slowness(lanes: readonly NamedLane[], { software }: Where): string | undefined {
  if (software) return measured.software;
  if (lanes.some(({ result }) => result?.cost.backend === 'wasm')) return raceFigures.speed.onCpu;
  return undefined;
}

/** How times were taken, in a sentence; undefined while there are none. */
export function timesSource(lanes: readonly NamedLane[], { device }: Where): string | undefined {
  const { clock, speeds } = compareSpeeds(lanes);
  const runs = speeds.flatMap((speed) => speed?.time.values.length ?? []);
  if (!clock) return undefined;
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const says = raceFigures.speed;
  return most > 1 ? says.medians(least, most, clock, device) : says.single(clock, device);
}

/** Whose judgement it is, and over what, in a sentence; undefined while there is none. */
export function qualitySource(lanes: readonly NamedLane[]): string | undefined {
  const { judge, texts, lanes: judged } = compareQuality(lanes);
  if (!texts) return undefined;
  const others = judged.some(({ standing }) => standing === 'other-judge');
  const says = raceFigures.quality;
  const who = judge === undefined ? says.nobody : others ? says.judgedApart(judge) : says.judged(judge);
  const interval = texts.most > 1 ? says.intervals : says.noInterval;
  return `${who} ${says.over(texts.least, texts.most)} ${interval}`;
}

/** What is said in place of, or beside, a perplexity that is not compared. */
export function standingText({ standing, quality }: JudgedLane): string | undefined {
  switch (standing) {
    case 'self-scored':
      return raceFigures.quality.selfScored;
    case 'other-judge':
      return raceFigures.quality.otherJudge(quality?.judge ?? '');
    case 'unjudged':
      return raceFigures.quality.unjudged;
    case 'compared':
    case 'unknown':
      return undefined;
  }
}

/** A name for each lane that no other has: "Student", or "Student, 4 steps" where titles repeat. */
export function laneNames(lanes: readonly NamedLane[]): string[] {
  return lanes.map(({ title, detail }) =>
    lanes.filter((other) => other.title === title).length === 1 ? title : laneWords.apart(title, detail),
  );
}

/** Most lanes of which each is told; of more, the ends. */
const MOST_TOLD = 4;

/**
 * What came of a race, in a sentence: who was how much faster; where times say nothing about GPUs, in how many passes
 * who wrote.
 */
export function headline(lanes: readonly NamedLane[], where: Where): string {
  const names = laneNames(lanes);
  const { speeds } = compareSpeeds(lanes);
  const known = speeds.flatMap((speed, i) => (speed ? { ...speed, name: names[i] } : []));
  if (known.length === 0) return raceFigures.nothing;
  const sorted = known.toSorted((a, b) => b.tokensPerSecond.median - a.tokensPerSecond.median);
  const [fastest, slowest] = [sorted[0], sorted[sorted.length - 1]];
  const { speedUp } = fastest;
  const says = raceFigures.headline;
  if (slowness(lanes, where) === undefined && speedUp !== undefined && speedUp >= 1.05 && !fastest.overlaps)
    return says.faster(
      ...([fastest.name, timesText(speedUp), slowest.name] as const),
      ...([fastest.result.forwardPasses, slowest.result.forwardPasses] as const),
    );
  const byPasses = known
    .map(({ name, result }) => ({ name, passes: result.forwardPasses }))
    .sort((a, b) => a.passes - b.passes);
  return byPasses.length > MOST_TOLD
    ? says.passesFromTo(byPasses[0], byPasses[byPasses.length - 1])
    : says.passes(byPasses);
}
