/** What computes: opens the GPU, says why there is none, and falls back to onnxruntime-web on the CPU. */
import { openGpu, WebGpuUnavailable, type Gpu } from '../gpu/device.ts';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import { UnmaskError } from '../model/errors.ts';
import { engineWords as words } from './messages/engine.ts';
import type { Backend, ReadyInfo, Storage } from './protocol.ts';

export interface BackendOptions {
  /** `navigator.gpu`, or Dawn's; undefined where there is none. */
  gpu: GPU | undefined;
  /** `isSecureContext` of the page. */
  secure: boolean;
  /** What the visitor forces. */
  backend?: Backend;
  /** Sets a model up on a device. */
  createDenoiser: (gpu: Gpu, checkpoint: Checkpoint, options: SetupOptions) => Promise<Denoiser>;
  /** Sets a model up on onnxruntime-web; absent where there is none, as in tests of the GPU alone. */
  createFallback?: (checkpoint: Checkpoint, options: Pick<SetupOptions, 'onProgress'>) => Promise<Denoiser>;
  /** Threads that the fallback has. */
  threads?: number;
}

export interface SetupOptions {
  storage?: Storage;
  onProgress?: (p: { stage: 'upload' | 'compile'; loaded: number; total: number }) => void;
}

/** A device that is lost as often as this is not opened again by itself. */
const MOST_LOSSES = 2;

/** The backends of one engine. */
export class Backends {
  readonly #options: BackendOptions;
  readonly #onLost: (error: UnmaskError) => void;
  #device: Promise<Gpu> | undefined;
  #losses = 0;
  /** Why there is no WebGPU, once that is known. */
  #why: string | undefined;

  /** @param onLost told when a device is gone, with what to say; its models are gone too */
  constructor(options: BackendOptions, onLost: (error: UnmaskError) => void) {
    this.#options = options;
    this.#onLost = onLost;
  }

  /**
   * Which backend a call runs on.
   * @param asked by the call itself; undefined: the visitor's choice, else WebGPU, else the fallback
   * @throws WebGpuUnavailable where WebGPU is asked for, or there is no fallback
   */
  async choose(asked?: Backend): Promise<Backend> {
    const wanted = asked ?? this.#options.backend;
    if (wanted !== undefined) {
      if (wanted === 'wasm') this.#requireFallback();
      return wanted;
    }
    if (this.#why !== undefined) return 'wasm';
    try {
      await this.open();
      return 'webgpu';
    } catch (error) {
      if (!(error instanceof WebGpuUnavailable) || !this.#options.createFallback) throw error;
      this.#why = error.message;
      return 'wasm';
    }
  }

  /** What computes where a call asks for nothing. @throws WebGpuUnavailable where WebGPU is forced and not there */
  async ready(): Promise<ReadyInfo> {
    if ((await this.choose()) === 'webgpu') {
      const { adapter } = await this.open();
      return { backend: 'webgpu', adapter: adapter.name, software: adapter.software };
    }
    const { threads = 1 } = this.#options;
    const why = this.#why === undefined ? {} : { why: this.#why };
    return { backend: 'wasm', adapter: words.cpu(threads), software: false, ...why };
  }

  /** The device, opened if need be. */
  open(): Promise<Gpu> {
    if (this.#device) return this.#device;
    const { gpu: api, secure } = this.#options;
    const device = openGpu(api, { secure });
    this.#device = device;
    device.then(
      (gpu) =>
        void gpu.lost.then((reason) => {
          if (this.#device === device) this.#lose(reason);
        }),
      // The next request tries again.
      () => {
        if (this.#device === device) this.#device = undefined;
      },
    );
    return device;
  }

  /** Set a model up. @throws UnmaskError 'device-lost' where the device went meanwhile */
  async create(backend: Backend, checkpoint: Checkpoint, options: SetupOptions): Promise<Denoiser> {
    const { createDenoiser } = this.#options;
    if (backend === 'wasm') return this.#requireFallback()(checkpoint, options);
    const opening = this.open();
    const denoiser = await createDenoiser(await opening, checkpoint, options);
    if (this.#device === opening) return denoiser;
    denoiser.destroy();
    throw new UnmaskError('device-lost', words.lostDuringSetup);
  }

  /** Free the device with everything on it. */
  destroy(): void {
    const device = this.#device;
    this.#device = undefined;
    void device?.then(
      (gpu) => {
        gpu.destroy();
      },
      () => undefined,
    );
  }

  #lose(reason: string): void {
    this.#device = undefined;
    this.#losses += 1;
    const plain = reason.replace(/\.$/, '');
    const again = this.#losses >= MOST_LOSSES && this.#options.createFallback !== undefined;
    if (again) this.#why = words.lostTwice.later(plain);
    this.#onLost(new UnmaskError('device-lost', again ? words.lostTwice.now(plain) : words.lost(plain)));
  }

  #requireFallback(): NonNullable<BackendOptions['createFallback']> {
    const { createFallback } = this.#options;
    if (createFallback) return createFallback;
    throw new UnmaskError('argument', words.noFallback);
  }
}
