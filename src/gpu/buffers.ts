import { fixed } from '../words/numbers.ts';
import type { Counters } from './counters.ts';
import { gpuMessages } from './messages.ts';

/** An allocation that did not fit; the message names what asked and for how many bytes. */
export class GpuOutOfMemory extends Error {
  override readonly name = 'GpuOutOfMemory';
  constructor(
    readonly what: string,
    readonly bytes: number,
  ) {
    super(gpuMessages.noRoom(what, fixed(bytes / 2 ** 20, 1)));
  }
}

/** Bytes rounded up to WebGPU's unit of four; nothing is ever empty, since empty bindings are invalid. */
export function alignBytes(bytes: number, unit = 4): number {
  return Math.max(unit, Math.ceil(bytes / unit) * unit);
}

/** All GPU memory of one device, kept by owner, so that leaks have a name. */
export class Memory {
  readonly #arenas = new Set<Arena>();

  constructor(
    readonly device: GPUDevice,
    readonly counters: Counters,
  ) {}

  /** Open an arena: buffers that live and die together. */
  arena(owner: string): Arena {
    const arena = new Arena(this, owner, () => this.#arenas.delete(arena));
    this.#arenas.add(arena);
    return arena;
  }

  /** Buffers and bytes now in use, by owner. */
  usage(): { owner: string; buffers: number; bytes: number }[] {
    return [...this.#arenas].map(({ owner, buffers, bytes }) => ({ owner, buffers, bytes }));
  }

  /** Buffers and bytes now in use, in all. */
  total(): { buffers: number; bytes: number } {
    return this.usage().reduce(
      (sum, { buffers, bytes }) => ({ buffers: sum.buffers + buffers, bytes: sum.bytes + bytes }),
      {
        buffers: 0,
        bytes: 0,
      },
    );
  }
}

/** An allocation under watch: its buffers, and whether each fits. */
interface Attempt {
  taken: GPUBuffer[];
  fits: Promise<boolean>[];
}

/** Buffers with one owner and one end. */
export class Arena {
  readonly #memory: Memory;
  readonly #release: () => void;
  readonly #owned = new Set<GPUBuffer>();
  readonly #attempts = new Set<Attempt>();
  #bytes = 0;

  constructor(
    memory: Memory,
    readonly owner: string,
    release: () => void,
  ) {
    this.#memory = memory;
    this.#release = release;
  }

  get buffers(): number {
    return this.#owned.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * A storage buffer of at least `bytes`, zeroed, that can be written, copied and read back.
   * @param label what it holds; errors and profiles name it
   */
  storage(label: string, bytes: number): GPUBuffer {
    return this.#create(
      label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    );
  }

  /** A uniform buffer. */
  uniform(label: string, bytes: number): GPUBuffer {
    return this.#create(label, alignBytes(bytes, 16), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  /** A buffer the CPU can map for reading. */
  readback(label: string, bytes: number): GPUBuffer {
    return this.#create(label, bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  /** A buffer that query results are resolved into, to be copied on. */
  queryResolve(label: string, bytes: number): GPUBuffer {
    return this.#create(label, bytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  }

  /** A storage buffer that holds `data` from the start. */
  storageOf(label: string, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.storage(label, data.byteLength);
    this.#memory.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    this.#memory.counters.bytesWritten += data.byteLength;
    return buffer;
  }

  /** A uniform buffer that holds `data` from the start. */
  uniformOf(label: string, data: Uint32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.uniform(label, data.byteLength);
    this.#memory.device.queue.writeBuffer(buffer, 0, data);
    this.#memory.counters.bytesWritten += data.byteLength;
    return buffer;
  }

  /**
   * Allocate, and know whether it fitted: each buffer that this arena creates until `allocate` is done gets an error
   * scope of its own. Scopes form one stack for the whole device, so one around an asynchronous `allocate` would catch
   * the errors of whoever else is at work.
   * @throws {GpuOutOfMemory} with the bytes asked for. Then, and when `allocate` throws, what it took is freed again
   */
  async checked<T>(what: string, bytes: number, allocate: () => T | Promise<T>): Promise<T> {
    const attempt: Attempt = { taken: [], fits: [] };
    this.#attempts.add(attempt);
    let done = false;
    try {
      const pending = allocate();
      // Others' buffers are none of this attempt's business; while an asynchronous one runs, they cannot be told apart.
      if (!(pending instanceof Promise)) this.#attempts.delete(attempt);
      const result = await pending;
      if ((await Promise.all(attempt.fits)).includes(false)) throw new GpuOutOfMemory(what, bytes);
      done = true;
      return result;
    } finally {
      this.#attempts.delete(attempt);
      if (!done) for (const buffer of attempt.taken) this.#free(buffer);
    }
  }

  /** Free every buffer; the arena can be used again. */
  clear(): void {
    for (const buffer of this.#owned) this.#free(buffer);
  }

  /** Free every buffer and forget the arena. */
  destroy(): void {
    this.clear();
    this.#release();
  }

  #create(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const { device, counters } = this.#memory;
    const watched = this.#attempts.size > 0;
    if (watched) {
      device.pushErrorScope('validation');
      device.pushErrorScope('out-of-memory');
    }
    const buffer = device.createBuffer({ label: `${this.owner}: ${label}`, size: alignBytes(bytes), usage });
    if (watched) {
      // Buffers are bound whole: one above this limit is of no use.
      const bindable =
        (usage & GPUBufferUsage.STORAGE) === 0 || buffer.size <= device.limits.maxStorageBufferBindingSize;
      const fits = Promise.all([device.popErrorScope(), device.popErrorScope()]).then(
        (errors) => bindable && errors.every((error) => error === null),
        // A lost device pops no scope; that is told elsewhere.
        () => true,
      );
      for (const attempt of this.#attempts) {
        attempt.taken.push(buffer);
        attempt.fits.push(fits);
      }
    }
    counters.buffersCreated += 1;
    this.#owned.add(buffer);
    this.#bytes += buffer.size;
    return buffer;
  }

  /** Free a buffer once. */
  #free(buffer: GPUBuffer): void {
    if (!this.#owned.delete(buffer)) return;
    this.#bytes -= buffer.size;
    buffer.destroy();
  }
}

/**
 * Reads results back without stalling the queue: a few mappable buffers taken in turn. `take` gives the next one,
 * whose contents are copied in by the caller's encoder; `read` maps it after the submit.
 */
export class StagingRing {
  readonly #slots: { buffer: GPUBuffer; busy: Promise<unknown> }[];
  #next = 0;

  /** @param bytes the largest read-back of one slot */
  constructor(
    arena: Arena,
    readonly bytes: number,
    slots = 3,
  ) {
    this.#slots = Array.from({ length: slots }, (_, i) => ({
      buffer: arena.readback(`staging ${i}`, bytes),
      busy: Promise.resolve(),
    }));
  }

  /** The next slot, once its last reader is done with it. */
  async take(): Promise<{ buffer: GPUBuffer; read: (bytes: number) => Promise<ArrayBuffer> }> {
    const slot = this.#slots[this.#next];
    this.#next = (this.#next + 1) % this.#slots.length;
    await slot.busy;
    return {
      buffer: slot.buffer,
      read: (bytes) => {
        const done = slot.buffer.mapAsync(GPUMapMode.READ, 0, alignBytes(bytes)).then(() => {
          const copy = slot.buffer.getMappedRange(0, alignBytes(bytes)).slice(0, bytes);
          slot.buffer.unmap();
          return copy;
        });
        // A failed map (a lost device) must not poison the slot for a reader who will be told by `read` itself.
        slot.busy = done.catch(() => undefined);
        return done;
      },
    };
  }
}
