import { create } from 'zustand';
import type { Estimate } from '../../worker/race/result.ts';
import type { Failure } from './engine.ts';

/** Step budgets at which teacher and students are compared. */
export const COMPARED_STEPS = [1, 2, 4, 8] as const;

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
  quality: Readonly<Record<string, readonly QualityAt[]>>;
}

export const initialComparison: ComparisonState = {
  ...{ prompt: '', seed: 29, count: 32, status: 'idle', progress: undefined, failure: undefined },
  ...{ run: undefined, asked: undefined, columns: [], texts: {} },
  ...{ judged: [], judge: undefined, quality: {} },
};

/** Teacher and students before and after. */
export const useComparison = create<ComparisonState>()(() => initialComparison);
