/** What the benchmark of training says: plain data, for files and reports. */
import type { Spread } from '../../src/worker/benchmark/spread.ts';
import type { DeviceCounts } from './device-counts.ts';
import type { TrainingEngineId, UpdateNumbers } from './engine.ts';
import type { PhaseCosts } from './ours.ts';

/** One engine. Where it could not run, `problem` says why; what was measured until then is kept. */
export interface TrainingRow {
  engine: TrainingEngineId;
  /** Of the first two updates, from the same state on the same batch: the second has been through everyone's optimiser. */
  updates: UpdateNumbers[];
  /** The first update, with everything that is compiled for it, ms. */
  first?: number;
  /** Warm updates. */
  milliseconds?: Spread;
  /** Time divided by that of ours, round by round; absent for ours. */
  ratio?: Spread;
  /** What the second update does to the device. */
  counts?: DeviceCounts;
  /** Bytes of the buffers alive at once, at most, from the opening of the device to the end of the second update. */
  peakBytes?: number;
  /** One sentence. */
  problem?: string;
}

/** A batch of one shape. */
export interface TrainingCase {
  batch: number;
  length: number;
  /** Masked positions, and those of them that the teacher's first sub-step draws. */
  masked: number;
  drawn: number;
  rows: TrainingRow[];
  /** Of our update, median over so many. */
  phases?: { n: number; costs: PhaseCosts };
}

export interface TrainingResult {
  adapter: string;
  /** Whether a CPU plays GPU: then the times say nothing about GPUs. */
  software: boolean;
  userAgent: string;
  /** ISO 8601. */
  date: string;
  /** Of the libraries. */
  versions: Record<string, string>;
  cases: TrainingCase[];
  /** Why whole cases are missing, a sentence each. */
  missing: string[];
}

/** Largest relative difference between two engines' numbers. */
export const AGREEMENT = 1e-3;

/** How far an engine's numbers are from ours, relative: the largest over their updates; absent where one has none. */
export function disagreement(
  rows: readonly TrainingRow[],
  engine: TrainingEngineId,
): Record<keyof UpdateNumbers, number> | undefined {
  const numbersOf = (id: TrainingEngineId): UpdateNumbers[] =>
    rows.find((row) => row.engine === id)?.updates ?? [];
  const [ours, theirs] = [numbersOf('ours'), numbersOf(engine)];
  const count = Math.min(ours.length, theirs.length);
  if (count === 0) return undefined;
  const worst = (key: keyof UpdateNumbers): number =>
    Math.max(...ours.slice(0, count).map((update, i) => Math.abs(theirs[i][key] / update[key] - 1)));
  return { loss: worst('loss'), gradientNorm: worst('gradientNorm') };
}
