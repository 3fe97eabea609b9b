/** What the benchmark says: plain data, for the page, files and reports. */

/**
 * `ours`: our kernels. `onnxruntime-webgpu`: onnxruntime-web on the same device. `onnxruntime-wasm`: onnxruntime-web on the
 * CPU, which is what the page falls back to.
 */
export type BenchmarkEngine = 'ours' | 'onnxruntime-webgpu' | 'onnxruntime-wasm';

export const BENCHMARK_ENGINES = ['ours', 'onnxruntime-webgpu', 'onnxruntime-wasm'] as const;

export interface BenchmarkOptions {
  /** Id of a diffusion model without time conditioning (default: the bundled student). */
  model?: string;
  /** Tokens of the texts, one case of each kind for each (default 32 and 128). */
  lengths?: number[];
  /** Most timings of each engine in each case, 1 to 1000 (default 20). */
  rounds?: number;
  /** No further round of a case begins after this many seconds, once there are three (default 20). */
  seconds?: number;
  /** Default: all. */
  engines?: BenchmarkEngine[];
}

/** One engine in one case. Times are in milliseconds; where they could not be taken, `problem` says why. */
export interface BenchmarkRow {
  engine: BenchmarkEngine;
  /** How it was asked. */
  variant: string;
  /** How weights are stored and what is computed with. */
  precision: string;
  median?: number;
  /** Least and largest timing. */
  low?: number;
  high?: number;
  /** Timings taken. */
  n: number;
  /** All of them, in order. */
  values?: number[];
  /**
   * Its time divided by that of our first row, round by round: median, least, largest. Above 1 it is slower. Absent in
   * that row, and where there is nothing to compare with.
   */
  ratio?: { median: number; low: number; high: number };
  /** One sentence. */
  problem?: string;
}

/** `pass`: one forward pass with the head over all rows. `run`: eight steps, from the call to the last token read. */
export interface BenchmarkCase {
  /** As "student, L = 32, forward pass". */
  name: string;
  length: number;
  kind: 'pass' | 'run';
  rows: BenchmarkRow[];
}

export interface BenchmarkResult {
  /** The adapter in one line; "no GPU" where there is none. */
  adapter: string;
  /** Whether a CPU plays GPU: then the times say nothing about GPUs. */
  software: boolean;
  /** What the browser calls itself. */
  userAgent?: string;
  /** ISO 8601. */
  date: string;
  cases: BenchmarkCase[];
}

/** What is about to be measured. */
export interface BenchmarkProgress {
  /** The case's name. */
  case: string;
  engine: BenchmarkEngine;
  /** From 1; 0 while the engine is set up, checked and warmed up. */
  round: number;
  /** Most rounds; time may run out before. */
  rounds: number;
}
