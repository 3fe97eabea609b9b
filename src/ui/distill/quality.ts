import type { ScoreResult } from '../../worker/protocol.ts';
import type { CurveSeries } from '../race/figures/budget.ts';
import type { ComparisonState, QualityAt } from '../stores/comparison.ts';

/** Figures of the texts that a model wrote in some steps. @param score of one text or more */
export function qualityAt(steps: number, { nll, perplexity, entropy }: ScoreResult): QualityAt {
  const n = nll.length;
  const mean = nll.reduce((sum, value) => sum + value, 0) / n;
  const variance = nll.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = 2 * Math.sqrt(variance / n);
  const interval = n > 1 ? { low: Math.exp(mean - reach), high: Math.exp(mean + reach) } : {};
  return { steps, perplexity: { mean: perplexity, ...interval }, entropy, texts: n };
}

/** The curves of a comparison, a curve for each model. */
export const curvesOf = ({ judged, quality }: Pick<ComparisonState, 'judged' | 'quality'>): CurveSeries[] =>
  judged.map(({ model, title }) => ({
    name: title,
    points: (quality[model] ?? []).map(({ steps, perplexity, entropy }) => ({
      steps,
      perplexity,
      entropy: { mean: entropy },
    })),
  }));
