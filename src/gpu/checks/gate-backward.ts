import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { chunksOf } from '../kernels/chunks.ts';
import { gateBackward } from '../kernels/gate-backward/gate-backward.reference.ts';
import {
  GATE_BACKWARD,
  gateBackwardConstants,
  gateBackwardUniform,
  gateBackwardWorkgroups,
} from '../kernels/gate-backward/gate-backward.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import type { NormShape } from './layernorm-modulate.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/**
 * Largest error of dp and partial sums; those relative to the rows of a chunk.
 * @param shared one row of modulation for all samples
 */
export async function gateBackwardError(
  gpu: Gpu,
  arena: Arena,
  { inner, length, samples }: NormShape,
  shared = false,
): Promise<number> {
  const chunks = chunksOf({ samples, length });
  const partialStride = 2 * inner + 8;
  const s = {
    ...{ inner, length, stride: shared ? 0 : partialStride, gate: inner + 4 },
    ...{ partialStride, chunkRows: chunks.rows },
  };
  const dx = normals(1, samples * length * inner);
  const p = normals(2, dx.length);
  const modulation = normals(3, samples * partialStride);
  const dp = arena.storage('dp', 4 * dx.length);
  const partials = arena.storage('partials', 4 * chunks.count * partialStride);
  const kernel = await gpu.kernels.compile(GATE_BACKWARD, gateBackwardConstants(chunks));
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', gateBackwardUniform(s)),
    dx: arena.storageOf('dx', dx),
    p: arena.storageOf('p', p),
    modulation: arena.storageOf('modulation', modulation),
    ...{ dp, partials },
  });
  submit(gpu, [launch(gateBackwardWorkgroups(chunks, inner))]);
  const expected = gateBackward(dx, p, modulation, s);
  return Math.max(
    largestError(new Float32Array(await readBuffer(gpu, dp)), expected.dp),
    largestError(
      new Float32Array(await readBuffer(gpu, partials)).map((value) => value / chunks.rows),
      expected.partials.map((value) => value / chunks.rows),
    ),
  );
}

export const GATE_BACKWARD_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: GATE_BACKWARD.name,
      what: checkWords.gateBackward,
      bound: 1e-6,
      measure: 'relative',
    },
    [
      { inner: 4, length: 1, samples: 1 },
      { inner: 100, length: 5, samples: 2 },
      { inner: 260, length: 2, samples: 5 },
    ],
    (gpu, arena, shape) => gateBackwardError(gpu, arena, shape, shape.inner === 100),
  ),
];
