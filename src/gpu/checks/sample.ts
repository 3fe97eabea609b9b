/** How far the draws of heads are from the exact ones. */
import {
  describeVariant,
  DIRECT_HEAD,
  gemmKernel,
  HEAD,
  type VariantOf,
  type Selection,
  type Storage,
} from '../kernels/gemm/gemm.ts';
import {
  argmax,
  drawToken,
  entropyOf,
  races,
  tokenNll,
  tokenProbabilities,
  type NoiseAddress,
} from '../kernels/sample/sample.reference.ts';
import { ARGMAX_ROW, type Drawn } from '../kernels/sample/sample.ts';
import { overCases, type KernelCheck } from './check.ts';
import {
  entries,
  exactHead,
  HeadRunner,
  logitsOf,
  randomHead,
  randomLogits,
  selection,
  type Head,
} from './head.ts';
import { checkWords } from './messages.ts';
import { integers, largestError } from './numbers.ts';

/** Errors of logits that are stored for the chosen rows, `stride` values apart. */
export async function logitsError(
  runner: HeadRunner,
  v: VariantOf<'sample'>,
  { vocabulary, stride }: { vocabulary: number; stride: number },
): Promise<number> {
  const head = randomHead(vocabulary, 22, 22);
  const rows = entries(22);
  const [start, count] = [1, 18];
  const logits = await runner.logits(head, v, rows, { ...selection({ start, count }), stride });
  if (logits.length !== count * stride) return Infinity;
  const all = logitsOf(head);
  const errors = Array.from({ length: count }, (_, i) => {
    const row = rows[start + i] & ~ARGMAX_ROW;
    const expected = all.subarray(row * vocabulary, (row + 1) * vocabulary);
    return largestError(logits.subarray(i * stride, i * stride + vocabulary), expected);
  });
  return Math.max(...errors);
}

/** How far draws may be from the CPU's, absolutely; `tie` is a difference of log E / p: a few ULP of scores up to 64. */
export interface DrawTolerance {
  tie: number;
  probability: number;
  entropy: number;
}

export const EXACT_DRAWS: DrawTolerance = { tie: 3e-5, probability: 1e-5, entropy: 2e-5 };
/** Where logits carry the rounding of sums. */
export const SUMMED_DRAWS: DrawTolerance = { tie: 1e-4, probability: 2e-5, entropy: 2e-5 };

/** A draw beside the exact one. */
export interface DrawError {
  row: number;
  token: number;
  /** The token that the exact race gives, where the one that was drawn is neither it nor tied with it. */
  instead?: number;
  /** Absolute errors; Infinity for what is no probability or no entropy. */
  probability: number;
  entropy: number;
}

/** The token that the exact race of a law gives, where the one that was drawn is neither it nor tied with it. */
export function drawnInstead(
  token: number,
  law: ArrayLike<number>,
  address: NoiseAddress,
  tie: number,
): number | undefined {
  const expected = drawToken(law, address);
  if (token === expected) return undefined;
  const race = races(law, address);
  return Math.log(race[token] / race[expected]) < tie ? undefined : expected;
}

/**
 * Compare the draws of a selection with exact laws. A token may be another than the CPU's where float32 turns a near tie
 * round, and a nucleus one that float32 cuts elsewhere because its mass is within 1e-6 of top-p.
 * @param drawn all entries, in the order of `rows`
 * @returns one for each row of the selection; row is NaN where the entry names another one
 */
export function drawErrors(
  drawn: readonly Drawn[],
  rows: Uint32Array,
  head: Head,
  { start, count, seed, firstSample, temperature, topP, draw = 0 }: Selection,
  tolerance: DrawTolerance,
): DrawError[] {
  const { vocabulary, length } = head;
  const maskId = vocabulary - 1;
  const all = logitsOf(head);
  return Array.from({ length: count }, (_, i) => {
    const entry = rows[start + i];
    const row = entry & ~ARGMAX_ROW;
    const noisy = entry < ARGMAX_ROW;
    const logits = all.subarray(row * vocabulary, (row + 1) * vocabulary);
    const { token, ...found } = drawn[start + i];
    const address = { seed, sample: firstSample + Math.floor(row / length), position: row % length, draw };
    const cuts = noisy && topP < 1 ? [topP, topP - 1e-6, topP + 1e-6] : [1];
    const errors = cuts.map((cut): DrawError => {
      const law = tokenProbabilities(logits, maskId, temperature, cut);
      const top = argmax(maskId, (v) => logits[v]);
      const argmaxInstead = token === top ? undefined : top;
      const instead = noisy ? drawnInstead(token, law, address, tolerance.tie) : argmaxInstead;
      return {
        row: found.row === row ? row : NaN,
        token,
        ...(instead === undefined ? {} : { instead }),
        probability: distance(found.probability, law[token]),
        entropy: found.entropy >= 0 ? distance(found.entropy, entropyOf(law)) : Infinity,
      };
    });
    const excess = (e: DrawError): number =>
      e.instead === undefined
        ? Math.max(e.probability / tolerance.probability, e.entropy / tolerance.entropy)
        : Infinity;
    return errors.reduce((best, other) => (excess(other) < excess(best) ? other : best));
  });
}

/** |a - b|, Infinity where that is no number. */
function distance(a: number, b: number): number {
  const d = Math.abs(a - b);
  return Number.isNaN(d) ? Infinity : d;
}

/** The errors of draws as one number: tokens that are wrong, or else the largest error of a probability or an entropy. */
function worstDraw(errors: readonly DrawError[]): number {
  const wrong = errors.filter(({ row, instead }) => Number.isNaN(row) || instead !== undefined).length;
  if (wrong > 0) return wrong;
  return Math.max(...errors.flatMap(({ probability, entropy }) => [probability, entropy]));
}

const DRAW_BOUND = 2e-5;

/** Draw from a random head, over features and a norm. */
function sampleCheck(storage: Storage, v: VariantOf<'sample'>, gpuOnly = false): KernelCheck {
  const vocabularies = [2, 131];
  return overCases(
    {
      kernel: gemmKernel('sample', storage, v).name,
      what: checkWords.sample.draws(vocabularies, describeVariant(v)),
      bound: DRAW_BOUND,
      measure: 'absolute',
      gpuOnly,
    },
    vocabularies,
    async (gpu, arena, vocabulary) => {
      const head = randomHead(vocabulary, 42, 7);
      const rows = entries(42);
      const chosen = [selection({ count: 9 }), selection({ start: 9, count: 31, draw: 3 })];
      const { drawn } = await new HeadRunner(gpu, arena, storage).sample(head, v, rows, chosen);
      return worstDraw(chosen.flatMap((s) => drawErrors(drawn, rows, head, s, SUMMED_DRAWS)));
    },
  );
}

function logitsCheck(storage: Storage, v: VariantOf<'sample'>, gpuOnly = false): KernelCheck {
  const shapes = [
    { vocabulary: 3, stride: 4 },
    { vocabulary: 65, stride: 72 },
    { vocabulary: 131, stride: 132 },
  ];
  return overCases(
    {
      kernel: gemmKernel('logits', storage, v).name,
      what: checkWords.sample.logits(describeVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    shapes,
    (gpu, arena, shape) => logitsError(new HeadRunner(gpu, arena, storage), v, shape),
  );
}

/** Draw from logits that are exact. */
function drawCheck(
  kernel: 'sample-merge' | 'sample-nucleus',
  laws: readonly Partial<Selection>[],
): KernelCheck {
  const vocabularies = [2, 65, 4097];
  const named = laws.map(({ temperature = 1, topP = 1 }) => ({ temperature, topP }));
  return overCases(
    {
      kernel,
      what: checkWords.sample.laws(named),
      bound: DRAW_BOUND,
      measure: 'absolute',
    },
    vocabularies.flatMap((vocabulary) => laws.map((law) => ({ vocabulary, law }))),
    async (gpu, arena, { vocabulary, law }) => {
      const head = exactHead(randomLogits(vocabulary), 9, 3);
      const rows = entries(9);
      const s = selection({ ...law, count: rows.length, firstSample: 2 });
      const { drawn } = await new HeadRunner(gpu, arena)[kernel === 'sample-merge' ? 'sample' : 'nucleus'](
        head,
        DIRECT_HEAD,
        rows,
        [s],
      );
      return worstDraw(drawErrors(drawn, rows, head, s, EXACT_DRAWS));
    },
  );
}

/** The errors of scores, each row held against the law of the row before it: Infinity where an entry names another token. */
export async function scoreError(
  runner: HeadRunner,
  v: VariantOf<'score'>,
  head: Head,
  seed = 7,
): Promise<number> {
  const { vocabulary } = head;
  const count = head.x.length / head.inner;
  const tokens = integers(seed, count, vocabulary - 1);
  // The likeliest and the least likely of their laws are among them.
  const rows = Uint32Array.from({ length: count - 1 }, (_, i) => 1 + ((5 * i) % (count - 1)));
  const half = Math.ceil(rows.length / 2);
  const selections = [
    selection({ count: half, lag: 1 }),
    selection({ start: half, count: rows.length - half, lag: 1 }),
  ];
  const scored = await runner.score(head, v, rows, tokens, selections);
  const all = logitsOf(head);
  const errors = scored.map(({ row, token, nll, entropy }, i) => {
    if (row !== rows[i] || token !== tokens[row]) return Infinity;
    const logits = all.subarray((row - 1) * vocabulary, row * vocabulary);
    const wanted = tokenNll(logits, token, vocabulary - 1);
    const law = tokenProbabilities(logits, vocabulary - 1, 1, 1);
    return Math.max(distance(nll, wanted) / (1 + wanted), distance(entropy, entropyOf(law)));
  });
  return Math.max(...errors);
}

/** Score from a random head, over features and a norm. */
function scoreCheck(storage: Storage, v: VariantOf<'score'>, gpuOnly = false): KernelCheck {
  const vocabularies = [2, 131];
  return overCases(
    {
      kernel: gemmKernel('score', storage, v).name,
      what: checkWords.sample.likelihoods(vocabularies, describeVariant(v)),
      bound: 2e-5,
      measure: 'relative',
      gpuOnly,
    },
    vocabularies,
    (gpu, arena, vocabulary) =>
      scoreError(new HeadRunner(gpu, arena, storage), v, randomHead(vocabulary, 16, 7)),
  );
}

/** Score from logits that are exact, of which some chances are too small for f32. */
function likelihoodCheck(): KernelCheck {
  const steep = Array.from({ length: 67 }, (_, i) => -7 * i);
  const flat = Array.from(randomLogits(4097));
  return overCases(
    {
      kernel: 'score-merge',
      what: checkWords.sample.exactLikelihoods,
      bound: 2e-5,
      measure: 'relative',
    },
    [flat, steep],
    (gpu, arena, logits) => scoreError(new HeadRunner(gpu, arena), DIRECT_HEAD, exactHead(logits, 16, 7)),
  );
}

const STORAGES = ['f16', 'f32'] as const;

/** The head in every tile height, and both ways to draw. Its draws ask for more slices than the light variant has. */
export const SAMPLE_CHECKS: readonly KernelCheck[] = [
  ...HEAD.slice(1).flatMap((v) => [sampleCheck('f16', v, true), logitsCheck('f16', v, true)]),
  ...HEAD.slice(1).map((v) => scoreCheck('f16', v, true)),
  ...([HEAD[0], DIRECT_HEAD] as const).flatMap((v) =>
    STORAGES.flatMap((storage) => [sampleCheck(storage, v), logitsCheck(storage, v), scoreCheck(storage, v)]),
  ),
  likelihoodCheck(),
  drawCheck('sample-merge', [{ temperature: 1 }, { temperature: 0.1 }, { temperature: 2 }]),
  drawCheck('sample-nucleus', [
    { temperature: 0.7, topP: 0.9 },
    { temperature: 2, topP: 0.3 },
  ]),
];
