/** Positions that a pass of the network works on; the fields of `Span` in span.wgsl. */
export interface Span {
  /** First position of every sample. */
  first: number;
  /** Positions of a sample. */
  count: number;
}

/** Bytes of one Span, as a launch binds it. */
export const SPAN_BYTES = 16;

/** Bytes from one Span to the next: the alignment of dynamic offsets that every device takes. */
export const SPAN_STRIDE = 256;

/**
 * Put spans into one buffer, for launches at offsets i * SPAN_STRIDE.
 * @param samples texts that run together
 * @param length rows of each
 */
export function spanUniforms(
  spans: readonly Span[],
  { samples, length }: { samples: number; length: number },
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((spans.length * SPAN_STRIDE) / 4);
  spans.forEach(({ first, count }, i) => {
    words.set([first, count, length, samples * count], (i * SPAN_STRIDE) / 4);
  });
  return words;
}

/** Whether a row of the activations, sample * length + position, is in a span. @param length rows of a sample */
export function inSpan({ first, count }: Span, row: number, length: number): boolean {
  const position = row % length;
  return position >= first && position < first + count;
}
