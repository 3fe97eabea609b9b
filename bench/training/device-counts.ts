/**
 * What a program does to a GPU device, seen from outside: the methods of the device, its queue, and what they make are wrapped, so
 * that engines that know nothing of it are counted in the same way.
 */

/** Calls since a device was opened, or between two moments. */
export interface DeviceCounts {
  dispatches: number;
  /** Compute passes. */
  passes: number;
  submits: number;
  bindGroups: number;
  pipelines: number;
  buffers: number;
  /** Writes from the CPU: of the queue, and buffers that are mapped when they are created. */
  writes: number;
  /** Copies and clears of buffers on the device. */
  copies: number;
  /** Buffers mapped to be read. */
  readBacks: number;
}

/** A device that is counted. */
export interface DeviceWatch {
  /** As they are now; a copy. */
  counts(): DeviceCounts;
  /** Bytes of the buffers that were created and not destroyed. */
  readonly bytes: number;
  /** Most of these at any moment. */
  readonly peakBytes: number;
  /** Give the device its own methods back: counting costs some microseconds a dispatch, which timings should not pay. */
  stop(): void;
}

type Method = (...args: unknown[]) => unknown;

/**
 * Have `told` hear the result and the arguments of every call of a method; callers see no difference.
 * @returns puts the method back as it was
 */
function follow<T extends object>(
  object: T,
  name: keyof T & string,
  told: (result: unknown, args: readonly unknown[]) => void,
): () => void {
  const original = object[name] as Method | undefined;
  if (original === undefined) return () => undefined;
  const own = Object.getOwnPropertyDescriptor(object, name);
  const value = (...args: unknown[]): unknown => {
    const result = original.apply(object, args);
    told(result, args);
    return result;
  };
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(object, name, own);
    else Reflect.deleteProperty(object, name);
  };
}

/** What was counted between two moments. */
export function countsBetween(before: DeviceCounts, after: DeviceCounts): DeviceCounts {
  const names = Object.keys(after) as (keyof DeviceCounts)[];
  return Object.fromEntries(
    names.map((name) => [name, after[name] - before[name]]),
  ) as unknown as DeviceCounts;
}

/** Follow a device from now on. What it was asked for before is not counted. */
export function watchDevice(device: GPUDevice): DeviceWatch {
  const counts: DeviceCounts = {
    ...{ dispatches: 0, passes: 0, submits: 0, bindGroups: 0, pipelines: 0 },
    ...{ buffers: 0, writes: 0, copies: 0, readBacks: 0 },
  };
  let bytes = 0;
  let peakBytes = 0;
  const count = (name: keyof DeviceCounts) => (): void => {
    counts[name] += 1;
  };

  const buffers = follow(device, 'createBuffer', (result, [descriptor]) => {
    const { size, mappedAtCreation } = descriptor as GPUBufferDescriptor;
    const buffer = result as GPUBuffer;
    counts.buffers += 1;
    if (mappedAtCreation) counts.writes += 1;
    bytes += size;
    peakBytes = Math.max(peakBytes, bytes);
    let alive = true;
    follow(buffer, 'destroy', () => {
      // May be called again, which does nothing.
      if (alive) bytes -= size;
      alive = false;
    });
    follow(buffer, 'mapAsync', (_, [mode]) => {
      // GPUMapMode.READ is 1.
      if (((mode as number) & 1) !== 0) counts.readBacks += 1;
    });
  });
  const encoders = follow(device, 'createCommandEncoder', (result) => {
    const encoder = result as GPUCommandEncoder;
    follow(encoder, 'copyBufferToBuffer', count('copies'));
    follow(encoder, 'clearBuffer', count('copies'));
    follow(encoder, 'beginComputePass', (made) => {
      const pass = made as GPUComputePassEncoder;
      counts.passes += 1;
      follow(pass, 'dispatchWorkgroups', count('dispatches'));
      follow(pass, 'dispatchWorkgroupsIndirect', count('dispatches'));
    });
  });
  const { queue } = device;
  const undo = [
    buffers,
    encoders,
    follow(device, 'createBindGroup', count('bindGroups')),
    follow(device, 'createComputePipeline', count('pipelines')),
    follow(device, 'createComputePipelineAsync', count('pipelines')),
    follow(queue, 'submit', count('submits')),
    follow(queue, 'writeBuffer', count('writes')),
  ];

  return {
    counts: () => ({ ...counts }),
    get bytes() {
      return bytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    stop: () => {
      for (const restore of undo) restore();
    },
  };
}
