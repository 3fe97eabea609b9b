import type { Arena } from './buffers.ts';
import type { Gpu } from './device.ts';
import {
  describeVariant,
  DIRECT,
  DIRECT_HEAD,
  DIRECT_ROW,
  FEW_ROWS,
  gemmConstants,
  gemmKernel,
  gemmUniform,
  gemmWorkgroups,
  HEAD,
  MANY_ROWS,
  paddedColumns,
  ROW,
  variantRows,
  type DirectVariant,
  type GemmVariant,
  type Storage,
  type TiledVariant,
} from './kernels/gemm/gemm.ts';
import { submit } from './recorder.ts';

/** A GEMM as far as the choice of its variant goes. */
export interface GemmProblem {
  /** Rows of one sample. The batch does not count but where all choices give the same bits, which it shares with any batch. */
  length: number;
  /** Rows of all samples (default: of one). */
  rows?: number;
  columns: number;
  inner: number;
  storage: Storage;
}

/** Index of the best variant found, by problem; plain data, to be kept per adapter. */
export type Tuning = Readonly<Record<string, number>>;

/** Up to this many rows a sample is served by the loop that reads weights straight from storage; not measured. */
const FEWEST = 4;
/** Up to this many rows a sample is served by the variants for few rows. */
const FEW = 128;

/** The first variant that takes all rows at once, or the last. */
const tallEnough = <V extends GemmVariant>(variants: readonly V[], rows: number): V =>
  variants.find((v) => rows <= variantRows(v)) ?? variants[variants.length - 1];

/** Candidates, the default first. */
const variantsFor = (length: number): readonly GemmVariant[] => (length <= FEW ? FEW_ROWS : MANY_ROWS);

/** Rows measured for a problem: what its family is made for, so that lengths share a measurement. */
const rowsMeasured = (length: number): number => (length <= 32 ? 32 : length <= FEW ? FEW : 1024);

/** Key of a problem in a Tuning. */
export function tuningKey({ length, columns, inner, storage }: GemmProblem): string {
  return `${rowsMeasured(length)}x${columns}x${inner} ${storage}`;
}

/** What was measured, in words: the variant of each problem, by key. Entries that no variant answers to are left out. */
export function describeTuning(tuning: Tuning): Record<string, string> {
  const described: Record<string, string> = {};
  for (const [key, index] of Object.entries(tuning)) {
    // A key begins with the rows that were measured.
    const rows = parseInt(key);
    const variants = Number.isNaN(rows) ? [] : variantsFor(rows);
    if (index in variants) described[key] = describeVariant(variants[index]);
  }
  return described;
}

/** Chooses GEMM variants for one adapter: what was measured best there, else a default. */
export class GemmChoice {
  /**
   * @param software the adapter is a CPU, on which only the direct loop makes sense; it is not measured
   * @param tuning what was measured
   */
  constructor(
    readonly software: boolean,
    private readonly tuning: Tuning = {},
  ) {}

  /** For a layer of the body. */
  layer(problem: GemmProblem): GemmVariant {
    const { length, rows = length } = problem;
    if (this.software) return tallEnough([DIRECT_ROW, DIRECT_HEAD, DIRECT], rows);
    if (length <= FEWEST) return tallEnough(ROW, rows);
    const variants = variantsFor(problem.length);
    const key = tuningKey(problem);
    return key in this.tuning && this.tuning[key] in variants ? variants[this.tuning[key]] : variants[0];
  }

  /** For a head over `rows` rows: the smallest tile that takes them, or the largest. All give the same bits. */
  head(rows: number): TiledVariant | DirectVariant {
    return this.software ? tallEnough([DIRECT_ROW, DIRECT_HEAD], rows) : tallEnough(HEAD, rows);
  }
}

/** A variant has to win by this much, or noise would choose. */
const MARGIN = 0.97;
const REPEATS = 3;

/**
 * Measure the GEMM variants for some problems. A submit is awaited after every candidate, so it never holds the GPU long;
 * call it in idle time, with the results for the next time a model is opened.
 * @param known earlier results, which are not measured again
 * @param options.signal stops between candidates and returns what is known by then
 * @param options.launches dispatches timed together; more for small problems on fast GPUs
 */
export async function autotune(
  gpu: Gpu,
  problems: readonly GemmProblem[],
  known: Tuning = {},
  options: {
    signal?: AbortSignal;
    launches?: number;
    onProgress?: (done: number, total: number) => void;
  } = {},
): Promise<Tuning> {
  const tuning: Record<string, number> = { ...known };
  const unknown = new Map(problems.filter((p) => !(tuningKey(p) in known)).map((p) => [tuningKey(p), p]));
  let done = 0;
  for (const [key, problem] of unknown) {
    const times: number[] = [];
    for (const variant of variantsFor(problem.length)) {
      if (options.signal?.aborted) return tuning;
      times.push(await timeGemm(gpu, problem, variant, options.launches ?? 20));
    }
    const fastest = times.indexOf(Math.min(...times));
    tuning[key] = times[fastest] < MARGIN * times[0] ? fastest : 0;
    options.onProgress?.(++done, unknown.size);
  }
  return tuning;
}

/**
 * Best of a few timings of `launches` dispatches, in milliseconds.
 * @param rows of the product (default: what the problem's family of variants is measured on)
 */
export async function timeGemm(
  gpu: Gpu,
  problem: GemmProblem,
  variant: GemmVariant,
  launches: number,
  rows = rowsMeasured(problem.length),
): Promise<number> {
  const arena = gpu.memory.arena('autotune');
  try {
    const launch = await prepare(gpu, arena, problem, variant, rows);
    let best = Infinity;
    // The first timing warms up and may still win: only the smallest counts.
    for (let i = 0; i <= REPEATS; i++) {
      const start = performance.now();
      submit(
        gpu,
        Array.from({ length: launches }, () => launch),
      );
      await gpu.device.queue.onSubmittedWorkDone();
      best = Math.min(best, performance.now() - start);
    }
    return best;
  } finally {
    arena.destroy();
  }
}

async function prepare(
  gpu: Gpu,
  arena: Arena,
  { columns, inner, storage }: GemmProblem,
  variant: GemmVariant,
  rows: number,
) {
  const kernel = await gpu.kernels.compile(gemmKernel('plain', storage, variant), gemmConstants(variant));
  const zeros = arena.storage('columns', 8 * paddedColumns(columns));
  // On zeros a GPU may draw less power and run a little faster than on real numbers, but alike for every variant.
  return kernel.bind({
    shape: arena.uniformOf('shape', gemmUniform({ rows, inner, columns })),
    x: arena.storage('x', 4 * rows * inner),
    weights: arena.storage('weights', paddedColumns(columns) * inner * (storage === 'f16' ? 2 : 4)),
    columns: zeros,
    gain: zeros,
    y: arena.storage('y', 4 * rows * paddedColumns(columns)),
  })(gemmWorkgroups(variant, rows, columns));
}
