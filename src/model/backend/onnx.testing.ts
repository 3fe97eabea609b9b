/** What the tests of models in onnxruntime share: how traces are compared with those of the references. */
import { expect } from 'vitest';
import type { TraceStep } from '../../trace/trace.ts';
import { distance } from '../onnx/testing.ts';

/** Everything but chances and entropies. */
export const exact = (traces: TraceStep[][]) =>
  traces.map((trace) => trace.map(({ step, t, positions, tokens }) => ({ step, t, positions, tokens })));
const chances = (traces: TraceStep[][]) => traces.flat().flatMap(({ probabilities }) => probabilities);
const entropies = (traces: TraceStep[][]) => traces.flat().flatMap((step) => step.entropies);

/** The same traces, but for the rounding of chances and entropies. */
export function expectSame(outcome: TraceStep[][], wanted: TraceStep[][]): void {
  expect(exact(outcome)).toEqual(exact(wanted));
  expect(distance(chances(outcome), chances(wanted))).toBeLessThan(1e-5);
  expect(distance(entropies(outcome), entropies(wanted))).toBeLessThan(1e-4);
}
