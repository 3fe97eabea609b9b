import type { Gpu } from './device.ts';
import type { Launch } from './kernel.ts';

/** GPU time by kernel name, in milliseconds. */
export type Profile = Map<string, { launches: number; milliseconds: number }>;

/** Record launches into the open pass. */
function encode(pass: GPUComputePassEncoder, launch: Launch, bound: { pipeline?: GPUComputePipeline }): void {
  // Setting a pipeline that is set already costs a call on every browser; the check costs nothing.
  if (bound.pipeline !== launch.pipeline) pass.setPipeline(launch.pipeline);
  bound.pipeline = launch.pipeline;
  if (launch.offset === undefined) pass.setBindGroup(0, launch.bindGroup);
  else pass.setBindGroup(0, launch.bindGroup, [launch.offset]);
  pass.dispatchWorkgroups(...launch.workgroups);
}

/** A copy from one buffer to another, made after the launches of a submit. */
export interface Copy {
  from: GPUBuffer;
  fromOffset?: number;
  to: GPUBuffer;
  toOffset?: number;
  bytes: number;
}

/** Timestamps of a submit. */
export interface Timing {
  /** Stamps begin and end of the pass. */
  readonly pass: GPUComputePassDescriptor;
  /** Record the way of the stamps to where they are read. */
  collect(encoder: GPUCommandEncoder): void;
}

/** Submit launches in order: one encoder, one pass, one submit; copies and timestamps follow in the same submit. */
export function submit(
  gpu: Gpu,
  launches: Iterable<Launch>,
  copies: readonly Copy[] = [],
  timing?: Timing,
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass(timing?.pass);
  const bound = {};
  for (const launch of launches) {
    encode(pass, launch, bound);
    gpu.counters.dispatches += 1;
  }
  pass.end();
  for (const { from, fromOffset = 0, to, toOffset = 0, bytes } of copies) {
    encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }
  timing?.collect(encoder);
  gpu.device.queue.submit([encoder.finish()]);
  gpu.counters.passes += 1;
  gpu.counters.submits += 1;
}

/** Largest number of timestamps a query set may hold (spec, "createQuerySet": count <= 4096). */
const MAX_QUERIES = 4096;

/**
 * Run launches with a timestamp around each and add the times up by kernel. A pass per launch costs time of its own,
 * so profile to see shares, not totals.
 * @throws Error where the device has no timestamp queries
 */
export async function profile(gpu: Gpu, launches: readonly Launch[]): Promise<Profile> {
  if (!gpu.timestamps) throw new Error('This device has no timestamp queries.');
  const result: Profile = new Map();
  for (let start = 0; start < launches.length; start += MAX_QUERIES / 2) {
    const part = launches.slice(start, start + MAX_QUERIES / 2);
    const times = await timestamps(gpu, part);
    part.forEach(({ kernel }, i) => {
      const entry = result.get(kernel) ?? { launches: 0, milliseconds: 0 };
      entry.launches += 1;
      entry.milliseconds += Number(times[2 * i + 1] - times[2 * i]) / 1e6;
      result.set(kernel, entry);
    });
  }
  return result;
}

async function timestamps(gpu: Gpu, launches: readonly Launch[]): Promise<BigUint64Array> {
  const { device } = gpu;
  const count = 2 * launches.length;
  const arena = gpu.memory.arena('profile');
  const querySet = device.createQuerySet({ type: 'timestamp', count });
  try {
    const resolved = arena.queryResolve('resolved timestamps', 8 * count);
    const staging = arena.readback('timestamps', 8 * count);
    const encoder = device.createCommandEncoder();
    launches.forEach((launch, i) => {
      const pass = encoder.beginComputePass({
        timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 },
      });
      encode(pass, launch, {});
      pass.end();
    });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    device.queue.submit([encoder.finish()]);
    gpu.counters.dispatches += launches.length;
    gpu.counters.passes += launches.length;
    gpu.counters.submits += 1;
    await staging.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return times;
  } finally {
    querySet.destroy();
    arena.destroy();
  }
}

/** Read `bytes` of a buffer back; for tests, inspection and measurement, never inside a run. */
export async function readBuffer(
  gpu: Gpu,
  buffer: GPUBuffer,
  bytes = buffer.size,
  offset = 0,
): Promise<ArrayBuffer> {
  const arena = gpu.memory.arena('read-back');
  try {
    const staging = arena.readback('read-back', bytes);
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
    gpu.device.queue.submit([encoder.finish()]);
    gpu.counters.submits += 1;
    await staging.mapAsync(GPUMapMode.READ);
    return staging.getMappedRange().slice(0, bytes);
  } finally {
    arena.destroy();
  }
}
