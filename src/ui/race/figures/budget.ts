/** Lanes of one diffusion model at several step budgets, as the points of a curve. */
import type { Estimate } from '../../../worker/race/result.ts';
import { lanes as laneWords } from '../../messages/lanes.ts';
import type { NamedLane } from '../named-lane.ts';
import { compareQuality } from './compare.ts';

/** What a model does in some steps. */
export interface CurvePoint {
  /** Nominal steps. */
  steps: number;
  /** Absent while it is not known, or where it must not be compared. */
  perplexity?: Estimate;
  /** Absent while it is not known. */
  entropy?: Estimate;
  distinct2?: Estimate;
}

/** A model over step budgets. */
export interface CurveSeries {
  name: string;
  /** By rising steps, each once. */
  points: readonly CurvePoint[];
}

export interface BudgetPoint extends CurvePoint {
  lane: NamedLane;
}

/** One model with one sampler. */
export interface BudgetSeries extends CurveSeries {
  points: BudgetPoint[];
}

export interface Budgets {
  /** The model that judged. */
  judge: string | undefined;
  texts: { least: number; most: number } | undefined;
  series: BudgetSeries[];
}

/** What two lanes of one curve share. First-hitting and causal lanes have no budget of steps, and no curve. */
function curveOf({ kind, settings: { model, sampler } }: NamedLane): string | undefined {
  return kind === 'causal' || sampler === 'first-hitting' ? undefined : `${model} ${sampler}`;
}

/** The curves of lanes. Two lanes of one curve with the same steps would write the same: the first stands for both. */
export function budgetsOf(lanes: readonly NamedLane[]): Budgets {
  const { judge, texts, lanes: judged } = compareQuality(lanes);
  const curves = new Map<string, BudgetPoint[]>();
  for (const { lane, quality, compared } of judged) {
    const curve = curveOf(lane);
    if (curve === undefined) continue;
    const points = curves.get(curve) ?? [];
    curves.set(curve, points);
    const { steps } = lane.settings;
    if (points.some((point) => point.steps === steps)) continue;
    points.push({
      ...{ lane, steps },
      ...(compared ? { perplexity: compared } : {}),
      ...(quality ? { entropy: quality.entropy, distinct2: quality.distinct2 } : {}),
    });
  }
  const titles = [...curves.values()].map(([{ lane }]) => lane.title);
  return {
    ...{ judge, texts },
    series: [...curves.values()].map((points) => {
      const [{ lane }] = points;
      const alone = titles.filter((title) => title === lane.title).length === 1;
      return {
        name: alone ? lane.title : laneWords.apart(lane.title, laneWords.samplers[lane.settings.sampler]),
        points: points.toSorted((a, b) => a.steps - b.steps),
      };
    }),
  };
}
