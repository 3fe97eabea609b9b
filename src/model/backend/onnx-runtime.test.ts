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
    const binary = new ArrayBuffer(8);
    const fetches = (url: string): Promise<ArrayBuffer> => {
      expect(url).toMatch(/ort-wasm-simd-threaded\.wasm/);
      return Promise.resolve(binary);
    };
    await expect(loadOnnxRuntime(fails, fetches)).rejects.toMatchObject({
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
    const missing = (url: string): Promise<ArrayBuffer> =>
      Promise.reject(new Error(`failed to fetch ${url}: status 404`));
    await expect(loadOnnxRuntime(loads, missing)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/status 404\): check the connection and reload the page\.$/) as string,
    });
    const ort = await loadOnnxRuntime(loads, fetches);
    expect(await loadOnnxRuntime(loads, fetches)).toBe(ort);
    expect(asked).toBe(3);
    expect(ort.env.wasm.wasmPaths).toEqual({
      mjs: expect.stringMatching(/ort-wasm-simd-threaded\.mjs/) as string,
    });
    expect(ort.env.wasm.wasmBinary).toBe(binary);
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
