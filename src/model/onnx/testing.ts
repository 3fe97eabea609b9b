/** onnxruntime-web for tests that run in Node. */
import * as ort from 'onnxruntime-web';
import { expect } from 'vitest';
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
