/** What is drawn and said of the precision lens: curves on logarithmic axes, and how much is lost. */
import type { LensResult } from '../../worker/protocol.ts';
import { logScale, type Scale } from '../figures/scale.ts';

export type Curve = 'exact' | 'naive' | 'safe';

/** Least chance that the axis shows: below it there is nothing to see but how rare a token can be. */
const LEAST = 1e-12;

export interface LensFigure {
  ranks: Scale;
  chances: Scale;
  /** Points of each, from 0 to 1 on both axes, by rising rank; a token that is never drawn has none. */
  curves: Record<Curve, [number, number][]>;
}

/** The curves by rank. */
export function lensFigure({ curve }: LensResult): LensFigure {
  const ranks = logScale(curve.map(({ rank }) => rank));
  const shown = (chance: number): boolean => chance >= LEAST;
  const chances = logScale(curve.flatMap(({ exact, naive, safe }) => [exact, naive, safe].filter(shown)));
  // Rarer tokens come less often by every draw, so what is left out is the end of the curve.
  const line = (name: Curve): [number, number][] =>
    curve
      .filter((point) => shown(point[name]))
      .map((point) => [ranks.place(point.rank), chances.place(point[name])]);
  return { ranks, chances, curves: { exact: line('exact'), naive: line('naive'), safe: line('safe') } };
}

/** Whether anybody could see the difference in texts: one draw in a thousand comes out otherwise. */
export const isTiny = ({ distance }: Pick<LensResult, 'distance'>): boolean => distance.naive < 0.001;

/** Ranks of the table: 1, 10, 100, as far as there are, and the last. */
export function tableOf({ curve }: LensResult): LensResult['curve'] {
  const last = curve.at(-1);
  const wanted = [1, 10, 100, 1000].map((rank) => curve.find((point) => point.rank >= rank));
  return [...new Set([...wanted, last])].filter((point) => point !== undefined);
}
