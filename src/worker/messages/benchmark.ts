import { plural } from '../../words/english.ts';
import { localised } from '../../words/localised.ts';

/** What the benchmark calls what it measures, and why something was not measured. */
export const benchmarkWords = localised({
  cancelled: 'The benchmark was cancelled.',
  /** A case, of texts of `length` tokens. */
  cases: {
    pass: (model: string, length: number) => `${model}, L = ${length}, forward pass`,
    run: (model: string, length: number) => `${model}, L = ${length}, run of 8 steps`,
  },
  /** How an engine is asked. */
  variants: {
    asInPage: 'as in the page',
    f32Weights: 'weights as f32',
    captured: 'captured graph, all on the GPU',
    readBack: 'logits read back, tokens drawn on the CPU',
    threads: (count: number) => plural(count, 'thread', 'threads'),
  },
  /** @param weights how they are stored, `arithmetic` what is computed with: both such as "f32" */
  precision: (weights: string, arithmetic: string) => `${weights} weights, ${arithmetic}`,
  /** In the place of an adapter. */
  noGpu: 'no GPU',
  otherLogits: (difference: string, allowed: number) =>
    `Its logits differ from ours by up to ${difference}, where ${allowed} is allowed: there is no point in measuring what computes something else.`,
  otherTokens: (equal: number, tokens: number) =>
    `Its run drew other tokens than ours: ${equal} of ${tokens} of the first pass agree.`,
});
