/** The engine's worker: serves the protocol to the page that started it. */
import { get, set } from 'idb-keyval';
import type { Tuning } from '../gpu/autotune.ts';
import { openBrowserFiles, openBrowserModels } from '../model/checkpoint/store/browser-store.ts';
import { openBrowserStore } from '../model/distill/browser-files.ts';
import { loadOnnxRuntime, onnxThreads } from '../model/backend/onnx-runtime.ts';
import { gemmProblems } from '../model/backend/tuning.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../model/backend/webgpu.ts';
import type { EngineOptions } from './engine.ts';
import type { Request } from './protocol.ts';
import { serve } from './serve.ts';
import { IdleTuner } from './tuning.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
// `navigator.gpu` is missing in browsers without WebGPU, and in insecure contexts.
const gpu = navigator.gpu as GPU | undefined;

// Missing in insecure contexts.
const storage = navigator.storage as StorageManager | undefined;

const tuner = new IdleTuner({ get: (key) => get<Tuning>(key), set });

/** Lengths whose kernels are tuned: that of the first page, and the longest of the bundled models. */
const TUNED_LENGTHS = [32, 128];

/** Sets a model up with the kernels that were measured on earlier visits. */
const setUp = async (
  ...[device, checkpoint, options]: Parameters<EngineOptions['createDenoiser']>
): Promise<WebGpuDenoiser> =>
  createWebGpuDenoiser(device, checkpoint, { ...options, choice: await tuner.choice(device) });

const createDenoiser: EngineOptions['createDenoiser'] = async (device, checkpoint, options) => {
  const denoiser = await setUp(device, checkpoint, options);
  for (const length of TUNED_LENGTHS)
    tuner.add(device, gemmProblems(denoiser.config, denoiser.storage, length));
  return denoiser;
};

const handle = serve(
  {
    gpu,
    createDenoiser,
    createFallback: async (checkpoint, options) => {
      // Nor where there is WebGPU.
      const [ort, { createOnnxModel }] = await Promise.all([
        loadOnnxRuntime(),
        import('../model/backend/onnx.ts'),
      ]);
      return createOnnxModel(ort, checkpoint, options);
    },
    threads: onnxThreads(globalThis),
    tuning: (device) => tuner.described(device),
    stores: async () => {
      const [runs, students] = await Promise.all([openBrowserStore('runs'), openBrowserStore('students')]);
      const unsaved = runs.unsaved ?? students.unsaved;
      return { runs: runs.store, students: students.store, ...(unsaved === undefined ? {} : { unsaved }) };
    },
    models: () => openBrowserModels(),
    // Most visitors never ask for it.
    results: async () => (await import('./evaluate/browser-results.ts')).openBrowserResults(),
    ...(storage && {
      storage: { estimate: () => storage.estimate(), persisted: () => storage.persisted() },
    }),
    judges: {
      runtime: async (backend) =>
        backend === 'wasm'
          ? { ort: await loadOnnxRuntime(), executionProviders: ['wasm'] }
          : // Most visitors never ask for it.
            {
              ort: await (await import('../model/peer/runtime.ts')).loadPeerRuntime(),
              executionProviders: ['webgpu'],
            },
      files: async () => (await openBrowserFiles('judges')).store,
    },
    benchmark: async (setup) => {
      // Nor for this.
      const { runBenchmark } = await import('./benchmark/contenders.ts');
      return runBenchmark({ ...setup, choice: (device) => tuner.choice(device) });
    },
    // Nor for this.
    latency: {
      preflight: async (...given) => (await import('./latency/latency.ts')).preflight(...given),
      run: async (setup) => {
        const { runLatency } = await import('./latency/latency.ts');
        // Its device is soon gone: nothing is tuned for it.
        return runLatency({ ...setup, createDenoiser: setUp });
      },
    },
    onBusy: () => {
      tuner.interrupt();
    },
    onIdle: () => {
      tuner.schedule();
    },
  },
  (event, transfer = []) => {
    scope.postMessage(event, transfer);
  },
);
scope.addEventListener('message', (event: MessageEvent<Request>) => {
  handle(event.data);
});
