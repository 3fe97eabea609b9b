import { localised } from '../../words/localised.ts';

/** What keeps a latency study from its end. */
export const latencyStudyWords = localised({
  cancelled: 'The latency study was cancelled.',
  /** Refused where a CPU plays GPU. @param time such as "2 hours" */
  tooSlow: (shape: string, time: string) =>
    `The shape ${shape} would take about ${time} here, where a CPU plays GPU: choose a smaller shape, or open this page where there is a GPU.`,
  smallestTooSlow: (shape: string, time: string) =>
    `The shape ${shape} would take about ${time} here, where a CPU plays GPU: open this page where there is a GPU.`,
});
