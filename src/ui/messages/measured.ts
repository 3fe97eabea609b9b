import { localised } from '../../words/localised.ts';

/** How times were taken and means are given, as several views say it. */
export const measured = localised({
  clocks: { gpu: 'by the GPU’s own clock', wall: 'by a clock on the wall, waiting included' },
  /** From the least to the most of several runs, or the ends of an interval: "7.98 to 9.10 ms". */
  range: (least: string, most: string) => `${least} to ${most}`,
  /** A mean, and its interval. */
  within: (mean: string, interval: string) => `${mean} (${interval})`,
  /** Where a CPU computes what GPUs are for. */
  software: 'A CPU plays GPU here: these times say nothing about GPUs.',
});
