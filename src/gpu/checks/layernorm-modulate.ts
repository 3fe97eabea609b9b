import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { layerNormModulate } from '../kernels/layernorm/layernorm-modulate.reference.ts';
import { LAYERNORM_MODULATE, layernormUniform } from '../kernels/layernorm/layernorm-modulate.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { largestError, normals } from './numbers.ts';

export interface NormShape {
  inner: number;
  /** Rows of a sample. */
  length: number;
  samples: number;
}

/**
 * Error over samples of `length` rows, each sample with its own modulation among values that belong to others.
 * @param x [samples * length, inner]
 */
export async function layernormError(
  gpu: Gpu,
  arena: Arena,
  x: Float32Array<ArrayBuffer>,
  { inner, length, samples }: NormShape,
): Promise<number> {
  const weight = normals(2, inner, 0.3, 1);
  const s = { inner, length, stride: 3 * inner + 8, shift: 2 * inner + 4, scale: 4 };
  const modulation = normals(3, samples * s.stride);
  const y = arena.storage('y', 4 * x.length);
  const kernel = await gpu.kernels.compile(LAYERNORM_MODULATE);
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', layernormUniform(s)),
    x: arena.storageOf('x', x),
    weight: arena.storageOf('weight', weight),
    modulation: arena.storageOf('modulation', modulation),
    y,
  });
  submit(gpu, [launch([samples * length])]);
  return largestError(
    new Float32Array(await readBuffer(gpu, y)),
    layerNormModulate(x, weight, modulation, s),
  );
}

export const LAYERNORM_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: LAYERNORM_MODULATE.name,
      what: '1 row of 4 values, 2 samples of 5 rows of 100, 5 of 2 rows of 260',
      bound: 3e-6,
      measure: 'relative',
    },
    [
      { inner: 4, length: 1, samples: 1 },
      { inner: 100, length: 5, samples: 2 },
      { inner: 260, length: 2, samples: 5 },
    ],
    (gpu, arena, shape) => {
      const { inner, length, samples } = shape;
      return layernormError(gpu, arena, normals(inner, samples * length * inner, 2, 1), shape);
    },
  ),
  overCases(
    {
      kernel: LAYERNORM_MODULATE.name,
      what: '6 rows of 100 values whose mean is 1000 times their deviation',
      bound: 3e-6,
      measure: 'relative',
    },
    [{ inner: 100, length: 3, samples: 2 }],
    (gpu, arena, shape) => layernormError(gpu, arena, normals(1, 600, 1, 1000), shape),
  ),
];
