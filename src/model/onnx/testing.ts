/** onnxruntime-web for tests that run in Node. */
import * as ort from 'onnxruntime-web';
import { expect } from 'vitest';
import { logSumExp } from '../../gpu/kernels/sample/sample.reference.ts';
import type { OnnxRuntime } from './session.ts';

// One thread: workers of WebAssembly outlive a test file.
ort.env.wasm.numThreads = 1;

/** The runtime, on WebAssembly as in the page. */
export const runtime: OnnxRuntime = ort;

/** INT32 tensor. */
export const ints = (values: Iterable<number>, dims: number[]): ort.Tensor =>
  new ort.Tensor('int32', Int32Array.from(values), dims);

/** Rows 0..count-1, [count]. */
export const allRows = (count: number): ort.Tensor => ints(Array(count).keys(), [count]);

/** Largest |a - b|; NaN counts as infinite. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/** Log-softmax of rows as `ar_orig` of the released code takes it, the mask at -1000. @param logits [rows, vocabulary] */
export function causalLogProbs(logits: Float32Array, vocabulary: number): Float64Array {
  const result = Float64Array.from(logits);
  for (let row = 0; row < result.length; row += vocabulary) {
    const own = result.subarray(row, row + vocabulary);
    own[vocabulary - 1] = -1000;
    const normaliser = logSumExp(own, 0, vocabulary);
    own.forEach((value, i) => (own[i] = value - normaliser));
  }
  return result;
}
