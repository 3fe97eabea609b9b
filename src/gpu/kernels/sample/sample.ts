import { defineKernel } from '../../kernel.ts';
import randomWgsl from '../../random.wgsl?raw';
import selectionWgsl from '../gemm/selection.wgsl?raw';
import reduceWgsl from '../reduce.wgsl?raw';
import mergeTilesWgsl from './merge-tiles.wgsl?raw';
import mergeWgsl from './sample-merge.wgsl?raw';
import nucleusWgsl from './sample-nucleus.wgsl?raw';
import recordWgsl from './record.wgsl?raw';
import scoreWgsl from './score-merge.wgsl?raw';

/** Merges the draws of the head's tiles into tokens; one workgroup a row. */
export const SAMPLE_MERGE = defineKernel(
  'sample-merge',
  [randomWgsl, selectionWgsl, recordWgsl, mergeTilesWgsl, mergeWgsl],
  {
    shape: 'uniform',
    records: 'read',
    rows: 'read',
    tokens: 'read-write',
    drawn: 'read-write',
    selection: 'dynamic-uniform',
  },
);

/** Merges what the head's tiles know of each row's own token into how likely it is; one workgroup a row. */
export const SCORE_MERGE = defineKernel(
  'score-merge',
  [selectionWgsl, recordWgsl, mergeTilesWgsl, scoreWgsl],
  {
    shape: 'uniform',
    records: 'read',
    rows: 'read',
    tokens: 'read',
    drawn: 'read-write',
    selection: 'dynamic-uniform',
  },
);

/** Draws from the nucleus (top-p) of stored logits; one workgroup a row. */
export const SAMPLE_NUCLEUS = defineKernel(
  'sample-nucleus',
  [randomWgsl, selectionWgsl, reduceWgsl, nucleusWgsl],
  {
    shape: 'uniform',
    logits: 'read',
    rows: 'read',
    tokens: 'read-write',
    drawn: 'read-write',
    selection: 'dynamic-uniform',
  },
);

/** Set in an entry of `rows`: this row takes its most probable token, without noise. */
export const ARGMAX_ROW = 0x80000000;

/** Bytes of a record that a tile of the head leaves for a row. */
export const RECORD_BYTES = 20;

/** Bytes of an entry of `drawn`. */
export const DRAWN_BYTES = 16;

/** What was drawn for one row. */
export interface Drawn {
  /** sample * length + position */
  row: number;
  token: number;
  /** Chance with which the token was drawn. */
  probability: number;
  /** Entropy of the law that it was drawn from, nats. */
  entropy: number;
}

/** How likely the token of one row is. */
export interface Scored {
  /** sample * length + position */
  row: number;
  token: number;
  /** -log p of the token, nats. */
  nll: number;
  /** Entropy of the law that it is held against, nats. */
  entropy: number;
}

/** Entries of `drawn` where rows were scored, as read back. */
export function decodeScored(bytes: ArrayBuffer): Scored[] {
  return decodeDrawn(bytes).map(({ probability, ...rest }) => ({ ...rest, nll: probability }));
}

/** Entries of `drawn`, as read back. */
export function decodeDrawn(bytes: ArrayBuffer): Drawn[] {
  const [words, floats] = [new Uint32Array(bytes), new Float32Array(bytes)];
  return Array.from({ length: bytes.byteLength / DRAWN_BYTES }, (_, i) => ({
    row: words[4 * i],
    token: words[4 * i + 1],
    probability: floats[4 * i + 2],
    entropy: floats[4 * i + 3],
  }));
}
