/**
 * Loads onnxruntime-web, the build that has WebAssembly alone (3.7 MB on the wire). Nothing of it is fetched before
 * `loadOnnxRuntime` is called: both its module and its binary are files of their own in the build.
 */
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { onnxWords } from '../messages/onnx.ts';
import { describeFailure, NotFetched } from '../onnx/failure.ts';
import type { OnnxRuntime } from '../onnx/session.ts';

/** Most threads that are asked for: beyond, small networks gain nothing. */
const MOST_THREADS = 4;

let loading: Promise<OnnxRuntime> | undefined;

/**
 * Threads that a page or worker may have: WebAssembly shares memory between threads only where the page is isolated from
 * other origins. Half of the processors, since the other half are often the same ones again.
 */
export function onnxThreads({
  crossOriginIsolated,
  navigator,
}: Pick<typeof globalThis, 'crossOriginIsolated' | 'navigator'>): number {
  return crossOriginIsolated ? Math.min(MOST_THREADS, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;
}

/** Bytes of a file that came with the page. @throws NotFetched */
export async function fetchBinary(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new NotFetched(onnxWords.notFetched(url.split('/').at(-1) ?? url, response.status));
  }
  return response.arrayBuffer();
}

/**
 * The runtime, fetched with the first call.
 * @param importRuntime how its module is loaded
 * @param fetchWasm how its binary is; onnxruntime itself would tell the console of a failure, and wait for ever
 * @throws UnmaskError 'network' where it cannot be fetched; the next call tries again
 */
export function loadOnnxRuntime(
  importRuntime: () => Promise<OnnxRuntime> = () => import('onnxruntime-web/wasm'),
  fetchWasm: (url: string) => Promise<ArrayBuffer> = fetchBinary,
): Promise<OnnxRuntime> {
  loading ??= Promise.all([importRuntime(), fetchWasm(wasm)]).then(
    ([ort, binary]) => {
      // onnxruntime has that module inside, too, but threads start from the file that it is in: bundled, that would be a
      // chunk of this program, which imports others and would run them in every thread.
      ort.env.wasm.wasmPaths = { mjs };
      ort.env.wasm.wasmBinary = binary;
      ort.env.wasm.numThreads = onnxThreads(globalThis);
      return ort;
    },
    (error: unknown) => {
      loading = undefined;
      throw describeFailure(error, onnxWords.tasks.load);
    },
  );
  return loading;
}
