/** What goes along with a call, on the page's side and on the engine's. */
import type { CheckResult } from '../gpu/checks/check.ts';
import type { BenchmarkProgress } from './benchmark/result.ts';
import type { DistillProgress } from './distill/result.ts';
import type { EvaluateProgress } from './evaluate/result.ts';
import type { LatencyProgress } from './latency/result.ts';
import type { LoadProgress, PlanEvent, StepEvent } from './protocol.ts';
import type { RaceHooks } from './race/race.ts';

/** Whom to tell how far it is, and what calls it off. */
export interface CallHooks extends RaceHooks {
  /** How far the opening of its model is; what is told here is not told to those who follow all openings. */
  onProgress?: (progress: LoadProgress) => void;
  onPlan?: (plan: PlanEvent) => void;
  onStep?: (step: StepEvent) => void;
  onCheck?: (check: CheckResult) => void;
  onBenchmark?: (progress: BenchmarkProgress) => void;
  onLatency?: (progress: LatencyProgress) => void;
  onDistill?: (progress: DistillProgress) => void;
  onEvaluate?: (progress: EvaluateProgress) => void;
}
