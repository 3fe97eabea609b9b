/**
 * Rows of the activations in chunks, whose sums over rows are kept apart: what the gradients of modulation are added up
 * from, in a fixed order. A chunk never spans two samples; those of a sample follow each other, and the last is the shorter
 * where the length is no multiple.
 */
export interface Chunks {
  /** Rows of a chunk, CHUNK_ROWS of the kernels: a power of two. */
  rows: number;
  /** Chunks of a sample. */
  perSample: number;
  /** Chunks in all; chunk j of sample s has the index s * perSample + j. */
  count: number;
}

/** Up to this many rows chunks are the smaller, so that there are enough of them for a GPU. */
const FEW_ROWS = 512;

/** The chunks of a batch; they depend on its shape alone, and so do the bits of what is added up from them. */
export function chunksOf({ samples, length }: { samples: number; length: number }): Chunks {
  const rows = samples * length <= FEW_ROWS ? 4 : 8;
  const perSample = Math.ceil(length / rows);
  return { rows, perSample, count: samples * perSample };
}
