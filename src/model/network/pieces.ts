/** Weights larger than a buffer may be: the table of the embedding by rows, the head's matrix by columns of the vocabulary. */
import { COLUMN_PADDING, paddedColumns } from '../../gpu/kernels/gemm/gemm.ts';

/** Rows of a table, or columns of a matrix, that lie in a buffer of their own. */
export interface Piece {
  first: number;
  count: number;
}

/** The limits of a device that decide how large a buffer of weights or activations may be. */
export type BufferLimits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

/** Bytes of the largest buffer that is of use: buffers are bound whole. */
export function largestBuffer({ maxBufferSize, maxStorageBufferBindingSize }: BufferLimits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/**
 * Cut into as few pieces as fit, of about the same size. Where not even `unit` fits, pieces are of that size, and too large.
 * @param bytes of each row
 * @param largest bytes of a piece
 * @param unit every piece but the last is a multiple of it
 */
function cut(total: number, bytes: number, largest: number, unit: number): Piece[] {
  const most = Math.max(1, Math.floor(largest / bytes / unit)) * unit;
  const pieces = Math.ceil(total / most);
  const count = Math.ceil(total / pieces / unit) * unit;
  return Array.from({ length: Math.ceil(total / count) }, (_, i) => ({
    first: i * count,
    count: Math.min(count, total - i * count),
  }));
}

/** Pieces of a row-major table. @param rowBytes bytes of a row as it is stored */
export function tablePieces(rows: number, rowBytes: number, largest: number): Piece[] {
  return cut(rows, rowBytes, largest, 1);
}

/** Pieces of a packed matrix: whole tiles of every GEMM variant. @param columnBytes bytes of a column as it is stored */
export function matrixPieces(columns: number, columnBytes: number, largest: number): Piece[] {
  return cut(paddedColumns(columns), columnBytes, largest, COLUMN_PADDING).map(({ first, count }) => ({
    first,
    count: Math.min(count, columns - first),
  }));
}
