import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { modulationBackward } from '../kernels/modulation-backward/modulation-backward.reference.ts';
import {
  MODULATION_BACKWARD,
  modulationBackwardUniform,
  modulationBackwardWorkgroups,
} from '../kernels/modulation-backward/modulation-backward.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

export interface ModulationProblem {
  /** Values of a part. */
  inner: number;
  /** Triples of shift, scale and gate; shift and scale follow. */
  triples: number;
  groups: number;
  /** Chunks of a group. */
  chunks: number;
}

/** Largest error of the gradients of modulation and weights, relative to the square root of the chunks in a sum. */
export async function modulationBackwardError(
  gpu: Gpu,
  arena: Arena,
  { inner, triples, groups, chunks }: ModulationProblem,
): Promise<number> {
  const stride = (3 * triples + 2) * inner;
  const shape = { inner, stride, groups };
  const partials = normals(1, groups * chunks * stride);
  const weight = normals(2, (triples + 1) * inner, 0.3, 1);
  const modulation = normals(3, groups * stride);
  const before = normals(4, weight.length);
  const dmod = arena.storage('dmod', 4 * groups * stride);
  const dweight = arena.storageOf('dweight', before);
  const kernel = await gpu.kernels.compile(MODULATION_BACKWARD);
  const uniform = modulationBackwardUniform({
    ...shape,
    chunks: { rows: 4, perSample: chunks, count: groups * chunks },
  });
  const launch = kernel.bind({
    shape: arena.uniformOf('shape', uniform),
    partials: arena.storageOf('partials', partials),
    weight: arena.storageOf('weight', weight),
    modulation: arena.storageOf('modulation', modulation),
    ...{ dmod, dweight },
  });
  submit(gpu, [launch(modulationBackwardWorkgroups(stride))]);
  const expected = modulationBackward(partials, weight, modulation, shape);
  const error = async (buffer: GPUBuffer, wanted: Float64Array, terms: number): Promise<number> => {
    const scale = 1 / Math.sqrt(terms);
    const actual = new Float32Array(await readBuffer(gpu, buffer)).map((value) => value * scale);
    return largestError(
      actual,
      wanted.map((value) => value * scale),
    );
  };
  return Math.max(
    await error(dmod, expected.dmod, chunks),
    await error(
      dweight,
      expected.dweight.map((value, i) => value + before[i]),
      groups * chunks,
    ),
  );
}

export const MODULATION_BACKWARD_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: MODULATION_BACKWARD.name,
      what: checkWords.modulationBackward,
      bound: 3e-6,
      measure: 'relative',
    },
    [
      { inner: 4, triples: 0, groups: 1, chunks: 1 },
      { inner: 36, triples: 2, groups: 3, chunks: 17 },
      { inner: 20, triples: 1, groups: 1, chunks: 300 },
    ],
    modulationBackwardError,
  ),
];
