import { defineKernel } from '../../kernel.ts';
import embeddingWgsl from './embedding-backward.wgsl?raw';

/** Adds the gradient of rows to that of their tokens' embeddings; shapes in embedding-backward.wgsl. */
export const EMBEDDING_BACKWARD = defineKernel('embedding-backward', [embeddingWgsl], {
  shape: 'uniform',
  tokens: 'read',
  dx: 'read',
  gradient: 'read-write',
});

/** Rows that a workgroup has bits for. */
export const MAX_EMBEDDING_ROWS = 4096;

/**
 * The uniform of embedding-backward.wgsl. @param hidden a multiple of 4
 * @throws RangeError for more rows than MAX_EMBEDDING_ROWS
 */
export function embeddingBackwardUniform(rows: number, hidden: number): Uint32Array<ArrayBuffer> {
  if (rows > MAX_EMBEDDING_ROWS) {
    throw new RangeError(`${rows} rows: the gradient of the embedding takes up to ${MAX_EMBEDDING_ROWS}`);
  }
  return Uint32Array.of(rows, hidden / 4);
}

/** Workgroups for rows of `hidden` values. */
export function embeddingBackwardWorkgroups(rows: number, hidden: number): [number, number] {
  return [rows, Math.ceil(hidden / 32)];
}
