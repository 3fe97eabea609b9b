/** Times forward passes on a GPU, from submit to the end of work. */
import type { Gpu } from '../../gpu/device.ts';
import type { Launch } from '../../gpu/kernel.ts';
import type { Span } from '../../gpu/kernels/span.ts';
import { submit } from '../../gpu/recorder.ts';
import type { WebGpuDenoiser } from '../../model/backend/webgpu.ts';
import type { HeadMode } from '../../model/network/head.ts';

/** Times below this are clock and queue more than work: several passes then make one timing; ms. */
const TIMING = 25;
const MOST_PASSES = 200;
/** A submit of a measurement holds the GPU at most about this long, or a browser might take the device away; ms. */
const SUBMIT = 400;

/** Passes that make one timing. @param once milliseconds of one */
export function passesPerTiming(once: number): number {
  return Math.max(1, Math.min(MOST_PASSES, Math.ceil(TIMING / once)));
}

/** Cut launches into submits of about equal size and wait for the last; in milliseconds. */
async function time(gpu: Gpu, launches: readonly Launch[], submits: number): Promise<number> {
  const size = Math.ceil(launches.length / submits);
  const start = performance.now();
  for (let at = 0; at < launches.length; at += size) submit(gpu, launches.slice(at, at + size));
  await gpu.device.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** A pass that has been warmed up, ready to be timed again and again. */
export interface PassTimer {
  launches: Launch[];
  passes: number;
  submits: number;
  /** Milliseconds of one pass. */
  sample: () => Promise<number>;
}

/**
 * Warm a pass of our kernels up.
 * @param rows of the text that go through the head, from the first
 * @param mode what becomes of them
 * @param span positions that the pass is over (default: all)
 */
export async function passTimer(
  gpu: Gpu,
  denoiser: WebGpuDenoiser,
  length: number,
  rows: number,
  mode: HeadMode = 'sample',
  span?: Span,
): Promise<PassTimer> {
  const session = await denoiser.warm({ batch: 1, length });
  const launches = await session.passLaunches(rows, mode, span);
  // The first pass goes out one launch at a time: nothing is known yet of how long one takes.
  const first = await time(gpu, launches, launches.length);
  const once = await time(gpu, launches, Math.ceil(first / SUBMIT));
  const passes = passesPerTiming(once);
  const submits = Math.min(passes * launches.length, Math.max(1, Math.ceil((passes * once) / SUBMIT)));
  const repeated = Array.from({ length: passes }, () => launches).flat();
  return {
    launches,
    passes,
    submits,
    sample: async () => (await time(gpu, repeated, submits)) / passes,
  };
}
