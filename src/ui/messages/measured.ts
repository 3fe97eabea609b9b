import { localised } from './localised.ts';

/** How times were taken, as several views say it. */
export const measured = localised({
  clocks: { gpu: 'by the GPU’s own clock', wall: 'by a clock on the wall, waiting included' },
  /** Where a CPU computes what GPUs are for. */
  software: 'A CPU plays GPU here: these times say nothing about GPUs.',
});
