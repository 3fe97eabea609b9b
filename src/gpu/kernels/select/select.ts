import { defineKernel } from '../../kernel.ts';
import selectionWgsl from '../gemm/selection.wgsl?raw';
import selectWgsl from './select.wgsl?raw';

/** Chooses the rows of a pass that take their tokens, by the probability of what was drawn for them; a thread a row. */
export const SELECT = defineKernel('select', [selectionWgsl, selectWgsl], {
  proposals: 'read',
  segments: 'read',
  tokens: 'read-write',
  drawn: 'read-write',
  rows: 'read-write',
  selection: 'dynamic-uniform',
});

/** What one sample proposes in one pass; the fields of `Segment` in select.wgsl. */
export interface Segment {
  /** First of its proposals. */
  start: number;
  count: number;
  /** How many of them are chosen, 1..count. */
  take: number;
  /** First entry of `drawn` for the chosen ones. */
  chosen: number;
  /** First entry of `rows` for the others. */
  rest: number;
  /** ARGMAX_ROW where the next pass of the sample is its final one, else 0. */
  flag: number;
}

/** Bytes of a Segment. */
export const SEGMENT_BYTES = 24;

/** Segments as the kernel reads them. */
export function segmentData(segments: readonly Segment[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    segments.flatMap(({ start, count, take, chosen, rest, flag }) => [
      start,
      count,
      take,
      chosen,
      rest,
      flag,
    ]),
  );
}

/** Workgroups of a pass with these segments. */
export function selectWorkgroups(segments: readonly Segment[]): [number, number] {
  const largest = segments.reduce((most, { count }) => Math.max(most, count), 0);
  return [Math.ceil(largest / 64), segments.length];
}
