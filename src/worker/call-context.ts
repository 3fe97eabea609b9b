/** What goes along with a call of the engine. */
import type { CheckResult } from '../gpu/checks/check.ts';
import type { BenchmarkProgress } from './benchmark/result.ts';
import type { DistillProgress } from './distill/result.ts';
import type { EvaluateProgress } from './evaluate/result.ts';
import type { LatencyProgress } from './latency/result.ts';
import type { LoadProgress, PlanEvent, StepEvent } from './protocol.ts';
import type { RaceHooks } from './race/race.ts';

/** Whom to tell how far it is, and what calls it off. */
export interface CallContext extends RaceHooks {
  onProgress?: (progress: LoadProgress) => void;
  onPlan?: (plan: PlanEvent) => void;
  onStep?: (step: StepEvent) => void;
  onCheck?: (check: CheckResult) => void;
  onBenchmark?: (progress: BenchmarkProgress) => void;
  onLatency?: (progress: LatencyProgress) => void;
  onDistill?: (progress: DistillProgress) => void;
  onEvaluate?: (progress: EvaluateProgress) => void;
}
