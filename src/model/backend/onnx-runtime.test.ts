import { describe, expect, it } from 'vitest';
import { runtime } from '../onnx/testing.ts';
import type { OnnxRuntime } from '../onnx/session.ts';
import { loadOnnxRuntime, onnxThreads } from './onnx-runtime.ts';

describe('the runtime', () => {
  it('is loaded when asked for, once, and again after a failure', async () => {
    const env = { wasm: {} } as OnnxRuntime['env'];
    let asked = 0;
    const fails = (): Promise<OnnxRuntime> => {
      asked += 1;
      return Promise.reject(new TypeError('Failed to fetch dynamically imported module: http://a/ort.js'));
    };
    await expect(loadOnnxRuntime(fails)).rejects.toMatchObject({
      name: 'UnmaskError',
      code: 'network',
      message:
        'onnxruntime could not be loaded (Failed to fetch dynamically imported module: http://a/ort.js): ' +
        'check the connection and reload the page.',
    });
    const loads = (): Promise<OnnxRuntime> => {
      asked += 1;
      return Promise.resolve({ ...runtime, env });
    };
    const ort = await loadOnnxRuntime(loads);
    expect(await loadOnnxRuntime(loads)).toBe(ort);
    expect(asked).toBe(2);
    expect(ort.env.wasm.wasmPaths).toEqual({
      mjs: expect.stringMatching(/ort-wasm-simd-threaded\.mjs/) as string,
      wasm: expect.stringMatching(/ort-wasm-simd-threaded\.wasm/) as string,
    });
    expect(ort.env.wasm.numThreads).toBe(1);
  });

  it.each([
    [false, 16, 1],
    [true, 16, 4],
    [true, 3, 2],
    [true, 1, 1],
  ])(
    'has threads only in isolation (isolated: %s, processors: %d)',
    (crossOriginIsolated, processors, threads) => {
      const navigator = { hardwareConcurrency: processors } as Navigator;
      expect(onnxThreads({ crossOriginIsolated, navigator })).toBe(threads);
    },
  );
});
