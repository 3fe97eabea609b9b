import { Float16Array } from '@petamoriken/float16';
import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { embed } from '../kernels/embedding/embedding.reference.ts';
import { elementWorkgroups, EMBEDDING } from '../kernels/embedding/embedding.ts';
import type { Storage } from '../kernels/gemm/gemm.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { differing, integers, normals, roundToHalf } from './numbers.ts';

export interface EmbeddingProblem {
  rows: number;
  vocabulary: number;
  hidden: number;
}

/**
 * Values that are not what the table holds, of random tokens, the last and the first among them.
 * @param workgroups grid of the launch, if not that for the shape
 */
export async function embeddingError(
  gpu: Gpu,
  arena: Arena,
  storage: Storage,
  { rows, vocabulary, hidden }: EmbeddingProblem,
  workgroups = elementWorkgroups((rows * hidden) / 4),
): Promise<number> {
  const values = roundToHalf(normals(hidden, vocabulary * hidden));
  const tokens = integers(rows, rows, vocabulary);
  tokens.set([vocabulary - 1, 0].slice(0, rows));
  const y = arena.storage('y', 4 * rows * hidden);
  const kernel = await gpu.kernels.compile(EMBEDDING[storage]);
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', Uint32Array.of(rows, hidden / 4)),
    tokens: arena.storageOf('tokens', tokens),
    weights: arena.storageOf(
      'table',
      storage === 'f16' ? new Uint8Array(new Float16Array(values).buffer) : values,
    ),
    y,
  });
  submit(gpu, [launch(workgroups)]);
  return differing(new Float32Array(await readBuffer(gpu, y)), embed(values, tokens, hidden));
}

export const EMBEDDING_CHECKS: readonly KernelCheck[] = (['f16', 'f32'] as const).map((storage) =>
  overCases(
    {
      kernel: EMBEDDING[storage].name,
      what: `1 row of 4 values, 127 rows of 132 values from ${storage}`,
      bound: 0,
      measure: 'bits',
    },
    [
      { rows: 1, vocabulary: 2, hidden: 4 },
      { rows: 127, vocabulary: 131, hidden: 132 },
    ],
    (gpu, arena, problem) => embeddingError(gpu, arena, storage, problem),
  ),
);
