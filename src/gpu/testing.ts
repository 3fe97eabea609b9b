/**
 * A device for tests in Node: Dawn from the npm package `webgpu`, on a GPU where there is one and on the software
 * adapter elsewhere (scripts/with-software-vulkan.mjs points Vulkan at it).
 */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Arena } from './buffers.ts';
import { openGpu, type Gpu } from './device.ts';

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
 * Open a device of its own; `destroy()` it when done. An error of the device that no error scope
 * catches fails the test run.
 * @param options.baseline default limits and no features (the default): what every kernel must run on
 */
export async function openTestGpu(options: { baseline?: boolean } = {}): Promise<Gpu> {
  const gpu = await openGpu(await nodeWebGpu(), { baseline: options.baseline ?? true });
  gpu.device.addEventListener('uncapturederror', ({ error }) => {
    void Promise.reject(new Error(`the device reports: ${error.message}`));
  });
  return gpu;
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
  return useGpu(
    () => openTestGpu(options),
    (gpu) => {
      gpu.destroy();
    },
  );
}

let shared: Promise<Gpu> | undefined;

/**
 * As `useTestGpu`, but one baseline device for all files that call this, never destroyed: for files that take the same kernels,
 * where compiling them is most of the work.
 */
export function useSharedTestGpu(): TestGpu {
  return useGpu(
    () => (shared ??= openTestGpu()),
    () => undefined,
  );
}

function useGpu(open: () => Promise<Gpu>, close: (gpu: Gpu) => void): TestGpu {
  let opened: Gpu | undefined;
  let arena: Arena | undefined;
  const current = (): Gpu => {
    if (opened === undefined) throw new Error('the device of a test is there once its tests run');
    return opened;
  };
  beforeAll(async () => {
    opened = await open();
  });
  afterEach(() => {
    arena?.clear();
  });
  afterAll(() => {
    if (opened) close(opened);
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
