import { create } from 'zustand';
import type { CheckResult, CrossCheck, SelfTestResult } from '../../worker/protocol.ts';
import type { BenchmarkProgress, BenchmarkResult } from '../../worker/benchmark/result.ts';
import type { Failure } from './engine.ts';

/** Something that was asked of the engine, from nothing to its end. */
export type Task<T> =
  | { state: 'idle' }
  | { state: 'running' }
  | { state: 'done'; result: T }
  | { state: 'stopped' }
  | { state: 'failed'; failure: Failure };

export interface SelfTestState {
  /** Checks that are through, of the test that runs or ran last. */
  checks: CheckResult[];
  kernels: Task<SelfTestResult>;
  /** The network on our kernels against the same on onnxruntime-web. */
  network: Task<CrossCheck>;
  benchmark: Task<BenchmarkResult>;
  /** Where the benchmark is. */
  progress: BenchmarkProgress | undefined;
}

/** The Self-test view. */
export const useSelfTest = create<SelfTestState>()(() => ({
  checks: [],
  kernels: { state: 'idle' },
  network: { state: 'idle' },
  benchmark: { state: 'idle' },
  progress: undefined,
}));
