import { Float16Array } from '@petamoriken/float16';
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { embed } from '../kernels/embedding/embedding.reference.ts';
import { elementWorkgroups, EMBEDDING, embeddingUniform } from '../kernels/embedding/embedding.ts';
import type { Storage } from '../kernels/gemm/gemm.ts';
import { inSpan, spanUniforms, type Span } from '../kernels/span.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { differing, integers, normals, roundToHalf } from './numbers.ts';

export interface EmbeddingProblem {
  /** Of all samples. */
  rows: number;
  vocabulary: number;
  hidden: number;
  /** Texts that the rows are divided into (default 1), and the positions of each to work on (default: all). */
  samples?: number;
  span?: Span;
  /** Most rows of the table in one buffer (default: all). */
  most?: number;
}

/**
 * Values that are not what the table holds, of random tokens, the last and the first among them.
 * @param workgroups grid of the launch, if not that for the shape
 */
export async function embeddingError(
  gpu: Gpu,
  arena: Arena,
  storage: Storage,
  problem: EmbeddingProblem,
  workgroups?: readonly [number, number?],
): Promise<number> {
  const { rows, vocabulary, hidden, samples = 1, most = problem.vocabulary } = problem;
  const { span = { first: 0, count: rows / samples } } = problem;
  const values = roundToHalf(normals(hidden, vocabulary * hidden));
  const tokens = integers(rows, rows, vocabulary);
  tokens.set([vocabulary - 1, 0].slice(0, rows));
  const y = arena.storage('y', 4 * rows * hidden);
  const kernel = await gpu.kernels.compile(EMBEDDING[storage]);
  const ids = arena.storageOf('tokens', tokens);
  const spans = arena.uniformOf('span', spanUniforms([span], { samples, length: rows / samples }));
  const launches = Array.from({ length: Math.ceil(vocabulary / most) }, (_, i) => {
    const first = i * most;
    const part = values.slice(first * hidden, (first + most) * hidden);
    const launch = kernel.bind({
      shape: arena.uniformOf('shape', embeddingUniform(hidden, part.length / hidden, first)),
      tokens: ids,
      weights: arena.storageOf(
        'table',
        storage === 'f16' ? new Uint8Array(new Float16Array(part).buffer) : part,
      ),
      y,
      span: spans,
    });
    return launch(workgroups ?? elementWorkgroups((samples * span.count * hidden) / 4), 0);
  });
  submit(gpu, launches);
  const expected = embed(values, tokens, hidden).map((value, i) =>
    inSpan(span, Math.floor(i / hidden), rows / samples) ? value : 0,
  );
  return differing(new Float32Array(await readBuffer(gpu, y)), expected);
}

export const EMBEDDING_CHECKS: readonly KernelCheck[] = (['f16', 'f32'] as const).map((storage) =>
  overCases(
    {
      kernel: EMBEDDING[storage].name,
      what: checkWords.embedding(storage),
      bound: 0,
      measure: 'bits',
    },
    [
      { rows: 1, vocabulary: 2, hidden: 4 },
      { rows: 127, vocabulary: 131, hidden: 132 },
      { rows: 14, vocabulary: 9, hidden: 8, samples: 2, span: { first: 4, count: 3 } },
      { rows: 127, vocabulary: 131, hidden: 8, most: 64 },
    ],
    (gpu, arena, problem) => embeddingError(gpu, arena, storage, problem),
  ),
);
