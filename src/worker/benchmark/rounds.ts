/** Measures engines in turn, case by case: order, statistics, progress, cancelling. What they do is theirs to know. */
import { UnmaskError } from '../../model/errors.ts';
import { onnxWords } from '../../model/messages/onnx.ts';
import { benchmarkWords as words } from '../messages/benchmark.ts';
import type {
  BenchmarkCase,
  BenchmarkEngine,
  BenchmarkOptions,
  BenchmarkProgress,
  BenchmarkRow,
} from './result.ts';
import { ratiosTo, spread, takeTurns, type Turn } from './spread.ts';

/** Takes one timing, in milliseconds. */
export type Timing = () => Promise<number>;

/** What is measured: one engine, asked in one way. */
export interface Contender {
  engine: BenchmarkEngine;
  variant: string;
  precision: string;
  kinds: readonly BenchmarkCase['kind'][];
  /**
   * Set up, checked and warmed up for a case.
   * @throws where it cannot run, or runs wrongly; the message becomes the row's problem
   */
  prepare(kind: BenchmarkCase['kind'], length: number): Promise<Timing>;
}

export interface RoundsOptions extends Required<Pick<BenchmarkOptions, 'lengths' | 'rounds' | 'seconds'>> {
  /** What messages call the model. */
  name: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: BenchmarkProgress) => void) | undefined;
  /** Frees what contenders made for a case. */
  endCase?: () => Promise<void>;
}

/** Rounds that a case has whatever time they take. */
const LEAST_ROUNDS = 3;

/** Why an engine has no numbers, as one sentence. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : onnxWords.exception(String(error));
  const sentence = message.replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function rowOf(
  { engine, variant, precision }: Contender,
  turn: Turn,
  base: readonly number[] | undefined,
): BenchmarkRow {
  const about = { engine, variant, precision };
  if ('error' in turn) return { ...about, n: 0, problem: problemOf(turn.error) };
  const { values } = turn;
  const { median, least: low, most: high } = spread(values);
  const row: BenchmarkRow = { ...about, median, low, high, n: values.length, values };
  // One that failed on its way has fewer rounds: nothing is compared with it.
  if (base === undefined || base === values || base.length !== values.length) return row;
  const ratios = ratiosTo(values, base);
  return { ...row, ratio: { median: ratios.median, low: ratios.least, high: ratios.most } };
}

/**
 * Measure contenders in every case, in turn (A B C A B C ...) after a warm-up. One that cannot run, or fails on its way, has
 * a problem for its row; the others go on.
 * @param contenders the first of our own is what ratios are to
 * @throws UnmaskError 'aborted' before the next timing, once the signal says so
 */
export async function measureInRounds(
  contenders: readonly Contender[],
  options: RoundsOptions,
): Promise<BenchmarkCase[]> {
  const { name, lengths, rounds, seconds, signal, onProgress, endCase } = options;
  const checkSignal = (): void => {
    if (signal?.aborted) throw new UnmaskError('aborted', words.cancelled);
  };
  const measure = async (kind: BenchmarkCase['kind'], length: number): Promise<BenchmarkCase> => {
    const caseName = words.cases[kind](name, length);
    const own = contenders.filter(({ kinds }) => kinds.includes(kind));
    const before = (i: number, round: number): void => {
      checkSignal();
      onProgress?.({ case: caseName, engine: own[i].engine, round, rounds });
    };
    const prepared: (Timing | { error: unknown })[] = [];
    for (const [i, contender] of own.entries()) {
      before(i, 0);
      prepared.push(await contender.prepare(kind, length).catch((error: unknown) => ({ error })));
    }
    const timings = prepared.map((entry) => (typeof entry === 'function' ? entry : fail(entry.error)));
    const effort = { most: rounds, least: Math.min(LEAST_ROUNDS, rounds), seconds };
    const turns = await takeTurns(timings, effort, (i, round) => {
      before(i, round + 1);
    });
    const baseAt = own.findIndex(({ engine }, i) => engine === 'ours' && 'values' in turns[i]);
    const first = baseAt < 0 ? undefined : turns[baseAt];
    const base = first && 'values' in first ? first.values : undefined;
    return {
      name: caseName,
      length,
      kind,
      rows: own.map((contender, i) => rowOf(contender, turns[i], base)),
    };
  };

  const cases: BenchmarkCase[] = [];
  for (const length of lengths) {
    for (const kind of ['pass', 'run'] as const) {
      try {
        cases.push(await measure(kind, length));
      } finally {
        await endCase?.();
      }
    }
  }
  return cases;
}

/** A timing that never succeeds. */
function fail(error: unknown): Timing {
  return () => Promise.reject(error instanceof Error ? error : new Error(problemOf(error)));
}
