import { create } from 'zustand';
import type { Estimate } from '../../worker/race/result.ts';
import type { Failure } from './engine.ts';

/** Step budgets at which teacher and students are compared. */
export const COMPARED_STEPS = [1, 2, 4, 8] as const;

/** Texts of a point where a CPU plays GPU. */
export const FEW_TEXTS = 4;

/** A model as it stands in the comparison. */
export interface Compared {
  model: string;
  /** "Teacher", "Round 2", "Student after 140 updates". */
  title: string;
}

/** How likely what a model wrote is under a causal model, over some texts. */
export interface QualityAt {
  steps: number;
  /** Of the tokens behind the first, with an interval of two standard errors of the mean log-probability. */
  perplexity: Estimate;
  /** Mean over texts of the entropy of a text's own tokens, nats. */
  entropy: number;
  texts: number;
}

export interface ComparisonState {
  prompt: string;
  seed: number;
  /** Texts of each model and budget that quality is averaged over. */
  count: number;
  /** Whether nobody has chosen that: it is what a page begins with on such an adapter. */
  usual: boolean;
  status: 'idle' | 'texts' | 'quality';
  progress: { done: number; total: number; what: string } | undefined;
  failure: Failure | undefined;
  /** Of the distillation that they belong to. */
  run: string | undefined;
  /** What the texts were asked for. */
  asked: { prompt: string; seed: number } | undefined;
  columns: readonly Compared[];
  /** By model, then by steps. */
  texts: Readonly<Record<string, Readonly<Record<number, string>>>>;
  judged: readonly Compared[];
  judge: string | undefined;
  /** What all points of `quality` have in common. */
  measured: { count: number; seed: number } | undefined;
  /** Whether the visitor paused the measuring: it goes on by hand alone. */
  held: boolean;
  /** Rounds that were done when the visitor cancelled the measuring: it begins by itself behind the next one. */
  cancelledAt: number;
  quality: Readonly<Partial<Record<string, readonly QualityAt[]>>>;
}

export const initialComparison: ComparisonState = {
  ...{
    prompt: '',
    seed: 29,
    count: 32,
    usual: true,
    status: 'idle',
    progress: undefined,
    failure: undefined,
  },
  ...{ run: undefined, asked: undefined, columns: [], texts: {} },
  ...{ judged: [], judge: undefined, measured: undefined, held: false, cancelledAt: 0, quality: {} },
};

/** Points that are wanted of these models. */
export const pointsOf = (judged: readonly Compared[]): { model: Compared; steps: number }[] =>
  judged.flatMap((model) => COMPARED_STEPS.map((steps) => ({ model, steps })));

/** Those of them that are not measured yet. @param count texts of a point */
export function missingPoints(
  judged: readonly Compared[],
  { quality, measured, count }: Pick<ComparisonState, 'quality' | 'measured' | 'count'>,
): { model: Compared; steps: number }[] {
  const all = pointsOf(judged);
  if (measured?.count !== count) return all;
  return all.filter(({ model, steps }) => !quality[model.model]?.some((point) => point.steps === steps));
}

/** Teacher and students before and after. */
export const useComparison = create<ComparisonState>()(() => initialComparison);
