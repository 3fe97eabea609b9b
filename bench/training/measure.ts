/** Measures engines that train on one batch, in turn. Nothing here knows Node or a browser. */
import { ratiosTo, spread, takeTurns, type Effort } from '../../src/worker/benchmark/spread.ts';
import { countsBetween } from './device-counts.ts';
import type { TrainingEngine, TrainingEngineId, UpdateNumbers } from './engine.ts';
import { PHASES, type PhaseCosts } from './ours.ts';
import { AGREEMENT, disagreement, type TrainingCase, type TrainingRow } from './result.ts';

/** An engine that is measured. */
export interface TrainingContender {
  engine: TrainingEngineId;
  /** @throws what it cannot do; the message becomes the row's problem */
  open: () => Promise<TrainingEngine>;
}

/** Why an engine has no numbers, as one sentence. */
export function problemOf(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** Two updates before those that are timed: one that compiles, and one that is counted. Their numbers are compared. */
async function warmUp({ engine, open }: TrainingContender, row: TrainingRow): Promise<() => Promise<number>> {
  const training = await open();
  const { watch } = training;
  const update = async (): Promise<UpdateNumbers> => {
    const numbers = await training.update();
    if (Number.isFinite(numbers.loss) && Number.isFinite(numbers.gradientNorm)) return numbers;
    throw new Error(`${engine} came to a loss of ${numbers.loss}, gradients of ${numbers.gradientNorm}`);
  };
  const timing = async (): Promise<number> => {
    const start = performance.now();
    await update();
    return performance.now() - start;
  };
  const start = performance.now();
  row.updates.push(await update());
  row.first = performance.now() - start;
  const before = watch.counts();
  row.updates.push(await update());
  row.counts = countsBetween(before, watch.counts());
  row.peakBytes = watch.peakBytes;
  watch.stop();
  return timing;
}

/**
 * Measure updates, A B C A B C, after two each that warm up. An engine that fails has a problem for its row; the others go on.
 * @param contenders ours is what ratios are to
 * @param report told what is under way
 */
export async function measureTurns(
  contenders: readonly TrainingContender[],
  effort: Effort,
  report: (what: string) => void,
): Promise<TrainingRow[]> {
  const rows = contenders.map(({ engine }): TrainingRow => ({ engine, updates: [] }));
  const timings: (() => Promise<number>)[] = [];
  for (const [i, contender] of contenders.entries()) {
    report(`${contender.engine}: warm-up`);
    timings.push(
      await warmUp(contender, rows[i]).catch((error: unknown) => () => {
        throw error;
      }),
    );
  }
  const turns = await takeTurns(timings, effort, (i, round) => {
    report(`${contenders[i].engine}: update ${round + 1} of at most ${effort.most}`);
  });
  for (const [i, turn] of turns.entries()) {
    if ('error' in turn) rows[i].problem = problemOf(turn.error);
    else rows[i].milliseconds = spread(turn.values);
  }
  // The same numbers, or no time.
  for (const row of rows) {
    const { loss, gradientNorm } = disagreement(rows, row.engine) ?? { loss: 0, gradientNorm: 0 };
    if (loss <= AGREEMENT && gradientNorm <= AGREEMENT) continue;
    row.problem ??= `Its loss differs from ours by ${loss.toExponential(1)}, the norm of its gradient by ${gradientNorm.toExponential(1)}.`;
    delete row.milliseconds;
  }
  const ours = rows.find(({ engine }) => engine === 'ours')?.milliseconds?.values;
  for (const row of rows) {
    const values = row.milliseconds?.values;
    if (ours === undefined || values?.length !== ours.length || values === ours) continue;
    row.ratio = ratiosTo(values, ours);
  }
  return rows;
}

/** Parts of an update, each with its median time. @param samples one at least; all of them dispatch alike */
export function medianPhases(samples: readonly PhaseCosts[]): NonNullable<TrainingCase['phases']> {
  const last = samples[samples.length - 1];
  const costs = Object.fromEntries(
    PHASES.map((phase) => [
      phase,
      {
        milliseconds: spread(samples.map((sample) => sample[phase].milliseconds)).median,
        dispatches: last[phase].dispatches,
      },
    ]),
  ) as PhaseCosts;
  return { n: samples.length, costs };
}
