/**
 * A device for tests in Node: Dawn from the npm package `webgpu`, on a GPU where there is one and on the software
 * adapter elsewhere (scripts/with-software-vulkan.mjs points Vulkan at it).
 */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Arena } from './buffers.ts';
import { Gpu, openGpu } from './device.ts';

let api: GPU | undefined;

/** Dawn's `GPU` object, with the WebGPU globals in place. Kept for ever: Dawn frees devices with it. */
export async function nodeWebGpu(): Promise<GPU> {
  if (api === undefined) {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    api = create([]);
  }
  return api;
}

/**
 * Keep the pipelines of a device by name and text of their kernels: compiling them is most of what software adapters do in these
 * tests, and every test of a network takes the same.
 */
function keepPipelines(device: GPUDevice): void {
  const texts = new WeakMap<GPUShaderModule, string>();
  const kept = new Map<string, Promise<GPUComputePipeline>>();
  const createShaderModule = device.createShaderModule.bind(device);
  const createComputePipeline = device.createComputePipelineAsync.bind(device);
  device.createShaderModule = (descriptor) => {
    const module = createShaderModule(descriptor);
    texts.set(module, descriptor.code);
    return module;
  };
  device.createComputePipelineAsync = (descriptor) => {
    const key = `${descriptor.label ?? ''}\n${texts.get(descriptor.compute.module) ?? ''}`;
    let pipeline = kept.get(key);
    if (pipeline === undefined) kept.set(key, (pipeline = createComputePipeline(descriptor)));
    return pipeline;
  };
}

/** An error of the device that no error scope catches fails the test run. */
function failOnError(device: GPUDevice): void {
  device.addEventListener('uncapturederror', ({ error }) => {
    void Promise.reject(new Error(`the device reports: ${error.message}`));
  });
}

/** A device for a test that loses it. */
export async function openOwnTestGpu(): Promise<Gpu> {
  const gpu = await openGpu(await nodeWebGpu(), { baseline: true });
  failOnError(gpu.device);
  return gpu;
}

/** Devices that tests share, by what was asked of the adapter. */
const shared = new Map<string, Promise<GPUDevice>>();

/**
 * Dawn's `GPU` for whoever opens a device by itself: whoever asks for the same gets the same device, and none can destroy it. An
 * error that no error scope catches fails the test run.
 */
export async function sharedWebGpu(): Promise<GPU> {
  const api = await nodeWebGpu();
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> => {
    const adapter = await api.requestAdapter(options);
    if (adapter === null) return null;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = (descriptor) => {
      const key = JSON.stringify(descriptor);
      const known = shared.get(key);
      if (known !== undefined) return known;
      const device = requestDevice(descriptor).then((own) => {
        failOnError(own);
        keepPipelines(own);
        own.destroy = () => undefined;
        return own;
      });
      shared.set(key, device);
      return device;
    };
    return adapter;
  };
  return { requestAdapter } as unknown as GPU;
}

/** Memory, kernels and counters of its own on a device that others have too. */
class TenantGpu extends Gpu {
  readonly #arenas: Arena[] = [];

  constructor({ device, adapter }: Gpu) {
    super(device, adapter);
    const arena = this.memory.arena.bind(this.memory);
    this.memory.arena = (owner) => {
      const made = arena(owner);
      this.#arenas.push(made);
      return made;
    };
  }

  /** Free what is in use; the device stays. */
  override destroy(): void {
    for (const arena of this.#arenas) arena.destroy();
  }
}

/**
 * Open a device that other tests have too, with memory, counters and kernels of its own; `destroy()` it when done.
 * @param options.baseline default limits and no features (the default): what every kernel must run on
 */
export async function openTestGpu({ baseline = true }: { baseline?: boolean } = {}): Promise<Gpu> {
  return new TenantGpu(await openGpu(await sharedWebGpu(), { baseline }));
}

/** A device for all tests of a file, and an arena whose buffers end with each test. */
export interface TestGpu {
  readonly gpu: Gpu;
  readonly arena: Arena;
}

/**
 * Open a device before the tests of a file (or of the `describe` around it) and destroy it after them. Call it where tests
 * are declared; what it returns can be read in tests and hooks.
 */
export function useTestGpu(options: { baseline?: boolean } = {}): TestGpu {
  let opened: Gpu | undefined;
  let arena: Arena | undefined;
  const current = (): Gpu => {
    if (opened === undefined) throw new Error('the device of a test is there once its tests run');
    return opened;
  };
  beforeAll(async () => {
    opened = await openTestGpu(options);
  });
  afterEach(() => {
    arena?.clear();
  });
  afterAll(() => {
    opened?.destroy();
  });
  return {
    get gpu() {
      return current();
    },
    get arena() {
      // Not before it is asked for: there are tests that look at all memory in use.
      arena ??= current().memory.arena('test');
      return arena;
    },
  };
}
