/** The curves of a distillation: what is drawn over the updates, and what is read there. No pixels. */
import type { DistillState, UpdateReport } from '../../worker/distill/result.ts';
import { lossCurve } from '../messages/distill-figures.ts';
import { linearScale, logScale, type Scale } from '../figures/scale.ts';
import { lossText } from './sentence.ts';

/** Points of a curve that are drawn at most: more would lie within one pixel. */
const MOST_POINTS = 400;
/** Weight of what came before in the smoothed curve. */
const SMOOTHING = 0.9;
/** Least that the axis of losses spans, so that noise does not fill it. */
const LEAST_SPAN = 0.02;

export interface CurveAt {
  update: number;
  value: number;
}

/** A stretch of a curve that belongs to one round: rounds have different losses, and are not joined. */
export interface Stretch {
  round: number;
  points: CurveAt[];
}

/** Moving average of the losses, begun anew in each round, without the pull of its first value. */
export function smoothed(history: readonly UpdateReport[]): number[] {
  let [sum, weight, round] = [0, 0, 0];
  return history.map((report) => {
    if (report.round !== round) [sum, weight, round] = [0, 0, report.round];
    // A loss that is no number has no part in it: else none behind it would have a mean.
    if (Number.isFinite(report.loss)) {
      sum = SMOOTHING * sum + (1 - SMOOTHING) * report.loss;
      weight = SMOOTHING * weight + (1 - SMOOTHING);
    }
    return sum / weight;
  });
}

/** Whether an axis of equal steps has a place for a value. */
const finite = (value: number): boolean => Number.isFinite(value);
/** Whether a logarithmic axis has: 0 lies infinitely far down. */
const positive = (value: number): boolean => value > 0 && Number.isFinite(value);

/** A curve by rounds, thinned to means of neighbours where there are many. @param has whether its axis has a place for a value */
function stretches(
  history: readonly UpdateReport[],
  of: (report: UpdateReport, index: number) => number,
  has: (value: number) => boolean = finite,
): Stretch[] {
  const every = Math.ceil(history.length / MOST_POINTS);
  const result: Stretch[] = [];
  let group: CurveAt[] = [];
  const close = (): void => {
    if (group.length === 0) return;
    const mean = (key: keyof CurveAt): number => group.reduce((sum, one) => sum + one[key], 0) / group.length;
    result.at(-1)!.points.push({ update: mean('update'), value: mean('value') });
    group = [];
  };
  for (const [i, report] of history.entries()) {
    const value = of(report, i);
    if (!has(value)) continue;
    if (result.at(-1)?.round !== report.round) {
      close();
      result.push({ round: report.round, points: [] });
    }
    group.push({ update: report.update, value });
    if (group.length >= every) close();
  }
  close();
  return result;
}

export interface LossFigure {
  /** Updates from the first to the end of the round that is on. */
  last: number;
  /** Share of the axis at which an update lies. */
  x: (update: number) => number;
  xTicks: number[];
  losses: Scale;
  norms: Scale;
  raw: Stretch[];
  smooth: Stretch[];
  gradient: Stretch[];
  validation: Stretch[];
  /** Floor of each round that has one, with its bounds, between its first and its last update. */
  floors: { round: number; from: number; to: number; value: number; low: number; high: number }[];
  /** Updates behind which a round ends. */
  boundaries: number[];
  /** Updates done. */
  done: number;
}

/** Where rounds begin and end: each has as many updates as are asked for. */
const edgesOf = ({ options }: DistillState, round: number): { from: number; to: number } => ({
  from: (round - 1) * options.updatesPerRound,
  to: round * options.updatesPerRound,
});

/** What is drawn of a distillation. */
export function lossFigure(state: DistillState): LossFigure {
  const { history, validation, rounds, updates } = state;
  const current = Math.min(Math.max(1, state.round), rounds.length);
  const last = Math.max(edgesOf(state, current).to, updates, 1);
  const average = smoothed(history);
  const raw = stretches(history, ({ loss }) => loss);
  const smooth = stretches(history, (_, i) => average[i]);
  const gradient = stretches(history, ({ gradientNorm }) => gradientNorm, positive);
  const floors = rounds.flatMap(({ floor, round }) =>
    floor && round <= current && finite(floor.upper)
      ? [{ round, ...edgesOf(state, round), value: floor.estimate, low: floor.floor, high: floor.upper }]
      : [],
  );
  const points = rounds
    .map(({ round }) => ({
      round,
      points: validation
        .filter((report) => report.round === round && finite(report.loss))
        .map(({ update, loss }) => ({ update, value: loss })),
    }))
    .filter((one) => one.points.length > 0);
  const values = (curves: readonly Stretch[]): number[] =>
    curves.flatMap((curve) => curve.points.map(({ value }) => value));
  const xs = linearScale([0, last], 1);
  return {
    ...{ last, raw, smooth, gradient, floors, validation: points, done: updates },
    x: (update) => update / last,
    xTicks: xs.ticks.filter((tick) => tick <= last && Number.isInteger(tick)),
    losses: linearScale(
      [...values(raw), ...values(points), ...floors.flatMap(({ low, high }) => [low, high])],
      LEAST_SPAN,
    ),
    norms: logScale(values(gradient)),
    boundaries: rounds.slice(0, current - 1).map(({ round }) => edgesOf(state, round).to),
  };
}

/** What there is to read at an update: the one that is nearest, of those that are done. */
export function readingAt(state: DistillState, update: number): string {
  const { history, validation } = state;
  if (history.length === 0) return lossCurve.nothing;
  const nearest = history.reduce((best, report) =>
    Math.abs(report.update - update) < Math.abs(best.update - update) ? report : best,
  );
  const average = smoothed(history)[history.indexOf(nearest)];
  const held = validation.find((report) => report.update === nearest.update);
  const { update: at, round, loss, gradientNorm } = nearest;
  const [lossOf, smoothedOf, norm] = [loss, average, gradientNorm].map(lossText);
  return held
    ? lossCurve.readingHeld(at, round, lossOf, smoothedOf, lossText(held.loss), norm)
    : lossCurve.reading(at, round, lossOf, smoothedOf, norm);
}
