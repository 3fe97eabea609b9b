/** Axes of the figures: where a value lies between the ends of its axis, and what is written beside it. No pixels. */

import { number, powerOfTen } from '../../words/numbers.ts';

export interface Scale {
  /** Place of a value, 0 at the low end of the axis and 1 at the high one. */
  place: (value: number) => number;
  /** Values that are written beside the axis, rising; the ends are among them or between two of them. */
  ticks: number[];
}

/** The numbers beside an axis as they are written: all with as many decimals as the one that needs most, and beyond a million as powers of ten, for which there is room. */
export function tickTexts({ ticks }: Scale): string[] {
  const decimals = Math.max(...ticks.map((tick) => `${tick}`.split('.').at(1)?.length ?? 0));
  return ticks.map((tick) => (tick > 1e6 ? powerOfTen(tick) : number(tick, decimals)));
}

/** Most numbers beside an axis; more would run into each other on a phone. */
const MOST_TICKS = 5;

/** 1, 2 and 5 times powers of ten, by a rising index: 0 is 1, 1 is 2, 2 is 5, 3 is 10, -1 is 0.5. */
function round125(index: number): number {
  const decade = Math.floor(index / 3);
  // By its decimal digits: 3 * 0.1 is not 0.3.
  return Number(`${[1, 2, 5][index - 3 * decade]}e${decade}`);
}

/** Index of the largest such number that is not above a value > 0. */
function below(value: number): number {
  let index = 3 * Math.floor(Math.log10(value));
  while (round125(index) > value) index--;
  while (round125(index + 1) <= value) index++;
  return index;
}

const above = (value: number): number => {
  const index = below(value);
  return round125(index) === value ? index : index + 1;
};

const between = (value: number, low: number, high: number): number => (value - low) / (high - low);

/**
 * A logarithmic axis that ends at round numbers.
 * @param values > 0, what is to be shown; others do not count, and without any the axis goes from 1 to 10
 */
export function logScale(values: readonly number[]): Scale {
  const shown = values.filter((value) => value > 0 && Number.isFinite(value));
  let [first, last] = shown.length > 0 ? [below(Math.min(...shown)), above(Math.max(...shown))] : [0, 3];
  if (first === last) [first, last] = [first - 1, last + 1];
  const [low, high] = [round125(first), round125(last)];
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  // Fewer and fewer of them: 1, 2, 5; then powers of ten; then every second of those, and so on.
  let kept = all;
  for (let every = 3; kept.length > MOST_TICKS; every += 3) {
    const sparser = all.filter((index) => index % every === 0);
    // One number does not say how much an inch is: then the ends do.
    if (sparser.length < 2) {
      kept = [first, last];
      break;
    }
    kept = sparser;
  }
  return {
    place: (value) => between(Math.log(value), Math.log(low), Math.log(high)),
    ticks: kept.map(round125),
  };
}

/**
 * An axis of equal steps that ends at round numbers; it need not begin at 0, so what it shows are dots, not bars.
 * @param values what is to be shown; without any the axis goes from 0 to 1
 * @param least that it spans, so that differences that mean nothing do not fill it
 */
export function linearScale(values: readonly number[], least: number): Scale {
  const shown = values.filter(Number.isFinite);
  const [from, to] = shown.length > 0 ? [Math.min(...shown), Math.max(...shown)] : [0, 1];
  const span = Math.max(to - from, least);
  const middle = (from + to) / 2;
  let size = below(span / (MOST_TICKS - 1));
  const ends = (): [number, number] => [
    Math.floor((middle - span / 2) / round125(size) + 1e-9),
    Math.ceil((middle + span / 2) / round125(size) - 1e-9),
  ];
  while (ends()[1] - ends()[0] + 1 > MOST_TICKS) size++;
  const step = round125(size);
  const [first, last] = ends();
  return {
    place: (value) => between(value, first * step, last * step),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12))),
  };
}

/**
 * The axis of step budgets: each doubling as far as the last one, from power to power of two.
 * @param steps whole, from 1; without any the axis goes from 1 to 2
 */
export function stepScale(steps: readonly number[]): Scale {
  const logs = steps.length > 0 ? steps.map(Math.log2) : [0];
  const first = Math.floor(Math.min(...logs));
  const last = Math.max(first + 1, Math.ceil(Math.max(...logs)));
  return {
    place: (value) => between(Math.log2(value), first, last),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 2 ** (first + i)),
  };
}
