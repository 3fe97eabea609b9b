import { create } from 'zustand';
import type { EvaluateProgress } from '../../worker/evaluate/result.ts';
import { firstReport, type ReportForm } from '../evaluate/report/asked.ts';
import type { ReportData, ReportParts } from '../evaluate/report/report.ts';
import type { Failure } from './engine.ts';

export type ReportStage = keyof ReportParts;

/** The parts of a report in their order, and about how much of the work each is. */
export const STAGES: readonly { stage: ReportStage; share: number }[] = [
  { stage: 'sweep', share: 0.6 },
  { stage: 'lastWord', share: 0.2 },
  { stage: 'bound', share: 0.1 },
  { stage: 'mauve', share: 0.1 },
];

export interface ReportState {
  form: ReportForm;
  /** The part that is being made; undefined at rest. */
  stage: ReportStage | undefined;
  progress: EvaluateProgress | undefined;
  /** Why there is no report, where one was asked for and nothing came of it. */
  failure: Failure | undefined;
  /** What became of the last one where it was cancelled: nothing, or less than the one before, which stays, or it is laid out. */
  cancelled: 'nothing' | 'less' | 'laid out' | undefined;
  /** The one that was made last, be it with parts missing; it stays while another is made. */
  report: ReportData | undefined;
}

export const initialReport: ReportState = {
  ...{ form: firstReport, stage: undefined, progress: undefined, failure: undefined },
  ...{ cancelled: undefined, report: undefined },
};

/** Whether the report that there is is not the one that is made now, or of which nothing came. */
export const isEarlierReport = ({ report, stage, failure }: ReportState): boolean =>
  report !== undefined && (stage !== undefined || failure !== undefined);

/** The report of the Evaluate view. */
export const useReport = create<ReportState>()(() => initialReport);

/** How much of a report is done, 0..1. */
export function reportShare({ stage, progress }: Pick<ReportState, 'stage' | 'progress'>): number {
  const at = STAGES.findIndex((one) => one.stage === stage);
  if (at < 0) return 0;
  const before = STAGES.slice(0, at).reduce((sum, { share }) => sum + share, 0);
  const within = progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return before + STAGES[at].share * within;
}
