import { GemmChoice, timeGemm } from '../../gpu/autotune.ts';
import type { Gpu } from '../../gpu/device.ts';
import { STORAGE, type DeviceFacts, type Speed } from './preflight.ts';

/** Width of the product: on a GPU as large as a layer of a released network, so that its caches are of no use. */
const WIDTH = { gpu: 2048, software: 512 };
/** Dispatches timed together. */
const LAUNCHES = { gpu: 20, software: 1 };
/** Rows of a short text. */
const ROWS = 128;

const measured = new WeakMap<Gpu, Promise<Speed>>();

/** Time a product of many rows and one of one row, once for each device. */
export function speedOf(gpu: Gpu): Promise<Speed> {
  let speed = measured.get(gpu);
  if (!speed) {
    speed = measure(gpu);
    measured.set(gpu, speed);
    speed.catch(() => measured.delete(gpu));
  }
  return speed;
}

async function measure(gpu: Gpu): Promise<Speed> {
  const { software } = gpu.adapter;
  const width = software ? WIDTH.software : WIDTH.gpu;
  const launches = software ? LAUNCHES.software : LAUNCHES.gpu;
  const problem = { length: ROWS, columns: width, inner: width, storage: STORAGE } as const;
  const variant = new GemmChoice(software).layer(problem);
  // Where a clock is too coarse for it, at least something above 0.
  const time = async (rows: number): Promise<number> =>
    Math.max(0.01, await timeGemm(gpu, problem, variant, launches, rows));
  const [many, one] = [await time(ROWS), await time(1)];
  return {
    operations: (launches * 2 * ROWS * width ** 2) / many,
    bytes: (launches * 2 * width ** 2) / one,
  };
}

/** What matters of a device. */
export function factsOf({ adapter, device }: Gpu): DeviceFacts {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return {
    name: adapter.name,
    software: adapter.software,
    limits: { maxBufferSize, maxStorageBufferBindingSize },
  };
}
