import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { embeddingBackward } from '../kernels/embedding-backward/embedding-backward.reference.ts';
import {
  EMBEDDING_BACKWARD,
  embeddingBackwardUniform,
  embeddingBackwardWorkgroups,
} from '../kernels/embedding-backward/embedding-backward.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/**
 * Largest error of the gradient, added to one that is there, relative to the square root of the rows of a token.
 * @param tokens below `vocabulary`, one for each row
 */
export async function embeddingBackwardError(
  gpu: Gpu,
  arena: Arena,
  tokens: Uint32Array<ArrayBuffer>,
  shape: { vocabulary: number; hidden: number },
): Promise<number> {
  const { vocabulary, hidden } = shape;
  const rows = tokens.length;
  const dx = normals(1, rows * hidden);
  const before = normals(2, vocabulary * hidden);
  const gradient = arena.storageOf('gradient', before);
  const kernel = await gpu.kernels.compile(EMBEDDING_BACKWARD);
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', embeddingBackwardUniform(rows, hidden)),
    tokens: arena.storageOf('tokens', tokens),
    dx: arena.storageOf('dx', dx),
    gradient,
  });
  submit(gpu, [launch(embeddingBackwardWorkgroups(rows, hidden))]);
  const counts = new Float64Array(vocabulary);
  for (const token of tokens) counts[token] += 1;
  const relative = (value: number, i: number): number =>
    value / Math.sqrt(Math.max(1, counts[Math.floor(i / hidden)]));
  return largestError(
    new Float32Array(await readBuffer(gpu, gradient)).map(relative),
    embeddingBackward(tokens, dx, shape).map((value, i) => relative(value + before[i], i)),
  );
}

/** Rows of which half, in runs of two, have the last token, as those of masked text do. */
export function maskedTokens(rows: number, vocabulary: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: rows }, (_, row) =>
    row % 4 >= 2 ? vocabulary - 1 : (row * row) % vocabulary,
  );
}

export const EMBEDDING_BACKWARD_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: EMBEDDING_BACKWARD.name,
      what: checkWords.embeddingBackward,
      bound: 2e-6,
      measure: 'relative',
    },
    [
      { rows: 1, vocabulary: 2, hidden: 4 },
      { rows: 33, vocabulary: 11, hidden: 68 },
      { rows: 257, vocabulary: 131, hidden: 20 },
    ],
    (gpu, arena, { rows, ...shape }) =>
      embeddingBackwardError(gpu, arena, maskedTokens(rows, shape.vocabulary), shape),
  ),
];
