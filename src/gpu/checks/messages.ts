import { localised } from '../../words/localised.ts';

const ROWS = '1 row of 4 values, 2 samples of 5 rows of 100, 5 of 2 rows of 260';
const LOSSES = '5 rows of 3, 65 and 4097 tokens; gradients beside the largest of their row';
const TARGETS = '6 of 9 rows of 2, 65 and 4097 tokens';

type Numbers = readonly number[];

/**
 * What the checks compute, with its shapes. Two checks of one kernel must not say the same. Formulas, kinds of numbers and
 * names of divergences stay as they are; `variant` is one of `variantWords`.
 */
export const checkWords = localised({
  random: {
    bits: '504 pairs of words by their addresses',
    exponential: 'E of 2192 words, powers of two and their neighbours among them, relative to itself',
    logarithm: 'log E of the same words, relative to 1.5e-6 + 4e-7 |log E|',
  },
  packWeight: {
    formats: (from: string, to: string) => `1 row of 4 and 131 rows of 36 values, ${from} to ${to}`,
    halves: 'all 65536 halves, moved as bits',
    pairs: 'rotary pairs of 2 heads of 32 and 1 of 128 rows',
  },
  embedding: (storage: string) =>
    `1 row of 4 values, 127 of 132, 3 positions of each of 2 texts, a table in 3 buffers, from ${storage}`,
  embeddingBackward: '1 row of 4 values, 33 of 68, 257 of 20, half of them of one token',
  gateBackward: ROWS,
  layernorm: ROWS,
  layernormOffset: '6 rows of 100 values whose mean is 1000 times their deviation',
  layernormBackward: `${ROWS}, 2 of 11 rows of 36`,
  layernormBackwardAdded: (chunkRows: number) =>
    `${ROWS}, in chunks of ${chunkRows}, 2 of 11 rows of 36, added to a gradient`,
  /** @param what one of the texts of layernorm; here the rows are a selection */
  chosenRows: (what: string) => `${what}, chosen rows`,
  modulationBackward: '1 chunk of parts of 4 values, 3 groups of 17 chunks of parts of 36, 1 of 300 of 20',
  /** A matrix with `inner` values a row. */
  layer: (rows: Numbers, columns: number, inner: number, variant: string) =>
    `${rows.join(' and ')} rows by ${columns} columns over ${inner}, ${variant}`,
  normalisedLayer: (rows: Numbers, columns: number, inner: number, variant: string) =>
    `${rows.join(' and ')} rows, normalised, by ${columns} columns over ${inner}, ${variant}`,
  /** @param shapes rows, columns and length of the sums of each */
  products: (shapes: readonly Numbers[], variant: string) =>
    `products of ${shapes.map((shape) => shape.join(' x ')).join(', ')}, ${variant}`,
  span: (last: number, length: number, variant: string) =>
    `positions 2 to 4 and ${last} of two texts of ${length}, ${variant}`,
  attention: (size: number, lengths: Numbers, queries: number, keys: number) =>
    `heads of ${size}, texts of ${lengths.join(', ')} tokens, tiles of ${queries} queries and ${keys} keys`,
  /** @param before tokens that come before the one whose query it is */
  attentionDecode: (size: number, before: Numbers, keys: number) =>
    `heads of ${size}, after ${before.join(', ')} tokens, ${keys} keys at a time`,
  attentionWeights: (size: number, lengths: Numbers) =>
    `the second of 3 heads of ${size}, texts of ${lengths.join(', ')} tokens`,
  attentionBackward: {
    tiled: (size: number, lengths: Numbers, rows: number, tile: number) =>
      `heads of ${size}, texts of ${lengths.join(', ')} tokens, ${rows} rows by tiles of ${tile}`,
    direct: (size: number, lengths: Numbers) =>
      `heads of ${size}, texts of ${lengths.join(', ')} tokens, a row a thread`,
  },
  /** @param what one of the texts of attention; here no token sees a later one */
  causal: (what: string) => `causal, ${what}`,
  sample: {
    draws: (vocabularies: Numbers, variant: string) =>
      `tokens, probabilities and entropies of 40 rows of ${vocabularies.join(' and ')} logits, ${variant}`,
    logits: (variant: string) => `18 chosen rows of 3, 65 and 131 logits, ${variant}`,
    laws: (laws: readonly { temperature: number; topP: number }[]) => {
      const names = laws.map(({ temperature, topP }) => `T ${temperature}, top-p ${topP}`);
      return `tokens, probabilities and entropies from 2, 65 and 4097 logits (${names.join('; ')})`;
    },
    likelihoods: (vocabularies: Numbers, variant: string) =>
      `likelihoods of 15 tokens among ${vocabularies.join(' and ')}, ${variant}`,
    exactLikelihoods: 'likelihoods of 15 tokens among 4097, and among 67 down to exp(-455)',
  },
  select: '1 of 1 row, 70 of 300, and 12 of 90, 1 of 1 and 199 of 200 in one pass, with ties',
  target: {
    logProbabilities: `log-probabilities of ${TARGETS}`,
    draws: `draws from ${TARGETS}`,
  },
  distillLoss: (divergence: string) => `${divergence}, ${LOSSES}`,
  crossEntropy: LOSSES,
  gradientNorm: '4, 1028 and 300004 values, beside the largest of the 256 sums',
  adamw: 'five updates of 4, 1028 and 70004 values, each array beside its largest',
});
