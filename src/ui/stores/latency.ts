import { create } from 'zustand';
import type { LatencyProgress, LatencyResult, Preflight, ShapeName } from '../../worker/latency/result.ts';
import type { Task } from './self-test.ts';

export interface LatencyState {
  shape: ShapeName;
  /** Slots of the text. */
  tokens: number;
  /** What the study asked for by these settings would take. */
  preflight: Task<Preflight>;
  /** Whether a study runs, and how the last one ended. */
  task: Task<LatencyResult>;
  /** Where it is. */
  progress: LatencyProgress | undefined;
  /** What is known of the study that runs or ran last, complete or not. */
  study: LatencyResult | undefined;
}

/** The latency study of the Race view. */
export const useLatency = create<LatencyState>()(() => ({
  shape: '169M',
  tokens: 128,
  preflight: { state: 'idle' },
  task: { state: 'idle' },
  progress: undefined,
  study: undefined,
}));
