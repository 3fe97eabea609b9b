/**
 * Loads onnxruntime-web's build for WebGPU: its native kernels, not the older ones of the default build. It is there to be
 * measured against, so nothing of it is fetched before the first call: the binary alone has 27 MB.
 */
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { fetchBinary } from '../backend/onnx-runtime.ts';
import { onnxWords } from '../messages/onnx.ts';
import { describeFailure } from '../onnx/failure.ts';
import type { OnnxRuntime } from '../onnx/session.ts';

let loading: Promise<OnnxRuntime> | undefined;

/**
 * The runtime, fetched with the first call.
 * @throws UnmaskError 'network' where it cannot be fetched; the next call tries again
 */
export function loadPeerRuntime(): Promise<OnnxRuntime> {
  loading ??= Promise.all([import('onnxruntime-web/webgpu'), fetchBinary(wasm)]).then(
    ([ort, binary]) => {
      ort.env.wasm.wasmBinary = binary;
      // The GPU computes: threads of the CPU would only need files of their own.
      ort.env.wasm.numThreads = 1;
      return ort;
    },
    (error: unknown) => {
      loading = undefined;
      throw describeFailure(error, onnxWords.tasks.load);
    },
  );
  return loading;
}
