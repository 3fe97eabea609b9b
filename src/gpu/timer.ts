import { StagingRing, type Arena } from './buffers.ts';
import type { Gpu } from './device.ts';
import type { Timing } from './recorder.ts';

/** Begin and end of a submit's pass by the GPU's clock, nanoseconds. */
export type Interval = readonly [begin: bigint, end: bigint];

/**
 * Time that the GPU was at work, of submits in their order. Where a pass is stamped before the one ahead of it is done,
 * as pipelined hardware may, the overlap counts once: the sum never exceeds the time from first to last.
 * @returns milliseconds; undefined where the stamps make no sense (none written, or a clock that goes backwards) or are
 *   too coarse to tell anything
 */
export function busyMilliseconds(intervals: readonly Interval[]): number | undefined {
  let sum = 0n;
  let last = 0n;
  for (const [begin, end] of intervals) {
    // A stamp that could not be taken is 0 (WebGPU spec, "Timestamp Query").
    if (begin === 0n || end < begin || end < last) return undefined;
    sum += end - (begin > last ? begin : last);
    last = end;
  }
  return sum > 0n ? Number(sum) / 1e6 : undefined;
}

/** Bytes of the two stamps of a submit. */
const STAMPS = 16;

/**
 * Times the submits of a run by timestamp queries around their passes. Stamps leave with the submit that they time, and
 * everything on the device is made once: a run adds no submit and no buffer.
 */
export class SubmitTimer {
  readonly #querySet: GPUQuerySet;
  readonly #pass: GPUComputePassDescriptor;
  readonly #resolved: GPUBuffer;
  readonly #staging: StagingRing;
  #intervals: Interval[] = [];

  /** @throws Error where the device has no timestamp queries */
  constructor(gpu: Gpu, arena: Arena) {
    if (!gpu.timestamps) throw new Error('This device has no timestamp queries.');
    this.#querySet = gpu.device.createQuerySet({ type: 'timestamp', count: 2 });
    this.#pass = {
      timestampWrites: {
        querySet: this.#querySet,
        beginningOfPassWriteIndex: 0,
        endOfPassWriteIndex: 1,
      },
    };
    // One of each is enough: submits run in order, and each resolves and copies before the next one stamps.
    this.#resolved = arena.queryResolve('timestamps', STAMPS);
    this.#staging = new StagingRing(arena, STAMPS);
  }

  /** Begin a new sum. */
  restart(): void {
    this.#intervals = [];
  }

  /** What to hand to the next `submit`; call `read` after it. Submits are to be timed in order. */
  async next(): Promise<Timing & { read: () => Promise<void> }> {
    const slot = await this.#staging.take();
    const intervals = this.#intervals;
    return {
      pass: this.#pass,
      collect: (encoder) => {
        encoder.resolveQuerySet(this.#querySet, 0, 2, this.#resolved, 0);
        encoder.copyBufferToBuffer(this.#resolved, 0, slot.buffer, 0, STAMPS);
      },
      read: async () => {
        const index = intervals.push([0n, 0n]) - 1;
        const [begin, end] = new BigUint64Array(await slot.read(STAMPS));
        intervals[index] = [begin, end];
      },
    };
  }

  /** Time of the GPU at work since `restart`, once everything submitted was read; as `busyMilliseconds`. */
  get milliseconds(): number | undefined {
    return busyMilliseconds(this.#intervals);
  }

  /** Free the queries; the buffers belong to the arena. */
  destroy(): void {
    this.#querySet.destroy();
  }
}
