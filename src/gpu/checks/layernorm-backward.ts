import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { chunksOf } from '../kernels/chunks.ts';
import { layerNormBackward } from '../kernels/layernorm-backward/layernorm-backward.reference.ts';
import {
  chunkWorkgroups,
  LAYERNORM_BACKWARD,
  LAYERNORM_BACKWARD_GATHER,
  layernormBackwardConstants,
  layernormBackwardUniform,
} from '../kernels/layernorm-backward/layernorm-backward.ts';
import { layerNormModulate } from '../kernels/layernorm/layernorm-modulate.reference.ts';
import { LAYERNORM_GATHER } from '../kernels/layernorm/layernorm-modulate.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import {
  chooseRows,
  gatherRows,
  layernormError,
  type NormRun,
  type NormShape,
} from './layernorm-modulate.ts';
import { checkWords } from './messages.ts';
import { largestError, normals } from './numbers.ts';

/** How to run it. */
export interface NormBackwardRun extends NormRun {
  /** Add to a gradient that is there. */
  accumulate?: boolean;
  /** Rows of a chunk, if not those for the shape. */
  chunkRows?: number;
}

/**
 * Largest error of dx, h and partial sums; those relative to the rows of a chunk.
 * @param x [samples * length, inner]
 */
export async function layernormBackwardError(
  gpu: Gpu,
  arena: Arena,
  x: Float32Array<ArrayBuffer>,
  { inner, length, samples }: NormShape,
  { shared = false, gather = false, accumulate = false, chunkRows }: NormBackwardRun = {},
): Promise<number> {
  let chunks = chunksOf({ samples, length });
  if (chunkRows !== undefined) {
    const perSample = Math.ceil(length / chunkRows);
    chunks = { rows: chunkRows, perSample, count: samples * perSample };
  }
  const rows = samples * length;
  const partialStride = 3 * inner + 8;
  const s = {
    ...{ inner, length, stride: shared ? 0 : partialStride, shift: 2 * inner + 4, scale: 4 },
    ...{ partialStride, chunkRows: chunks.rows },
  };
  const weight = normals(2, inner, 0.3, 1);
  const modulation = normals(3, samples * partialStride);
  const before = normals(5, rows * inner);
  const { slots, chosen } = chooseRows(rows);
  // By rows; those that are not chosen have no gradient.
  const dh = Float64Array.from(normals(4, rows * inner), (value, i) =>
    gather && !chosen.includes(Math.floor(i / inner)) ? 0 : value,
  );
  const compact = (values: Float64Array): Float64Array<ArrayBuffer> =>
    gather ? gatherRows(values, chosen, inner) : Float64Array.from(values);

  const dx = arena.storageOf('dx', before);
  const h = arena.storage('h', 4 * rows * inner);
  const partials = arena.storage('partials', 4 * chunks.count * partialStride);
  const buffers = {
    shape: arena.uniformOf('shape', layernormBackwardUniform(s)),
    x: arena.storageOf('x', x),
    dh: arena.storageOf('dh', Float32Array.from(compact(dh))),
    weight: arena.storageOf('weight', weight),
    modulation: arena.storageOf('modulation', modulation),
    ...{ dx, h, partials },
  };
  const constants = layernormBackwardConstants(chunks, accumulate);
  const launch = gather
    ? (await gpu.kernels.compile(LAYERNORM_BACKWARD_GATHER, constants)).bind({
        ...buffers,
        slots: arena.storageOf('slots', slots),
      })
    : (await gpu.kernels.compile(LAYERNORM_BACKWARD, constants)).bind(buffers);
  submit(gpu, [launch(chunkWorkgroups(chunks))]);

  const expected = layerNormBackward(x, dh, weight, modulation, s);
  const read = async (buffer: GPUBuffer) => new Float32Array(await readBuffer(gpu, buffer));
  return Math.max(
    largestError(await read(h), compact(layerNormModulate(x, weight, modulation, s))),
    largestError(
      await read(dx),
      expected.dx.map((value, i) => value + (accumulate ? before[i] : 0)),
    ),
    largestError(
      (await read(partials)).map((value) => value / chunks.rows),
      expected.partials.map((value) => value / chunks.rows),
    ),
  );
}

const SHAPES: readonly NormShape[] = [
  { inner: 4, length: 1, samples: 1 },
  { inner: 100, length: 5, samples: 2 },
  { inner: 260, length: 2, samples: 5 },
];

const inputs = ({ inner, length, samples }: NormShape): Float32Array<ArrayBuffer> =>
  normals(inner, samples * length * inner, 2, 1);

function check(what: string, run: NormBackwardRun): KernelCheck {
  return overCases(
    {
      kernel: (run.gather ? LAYERNORM_BACKWARD_GATHER : LAYERNORM_BACKWARD).name,
      what,
      bound: 5e-6,
      measure: 'relative',
    },
    [...SHAPES, { inner: 36, length: 11, samples: 2 }],
    (gpu, arena, shape) => layernormBackwardError(gpu, arena, inputs(shape), shape, run),
  );
}

export const LAYERNORM_BACKWARD_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: LAYERNORM_GATHER.name,
      what: checkWords.chosenRows(checkWords.layernorm),
      bound: 3e-6,
      measure: 'relative',
    },
    SHAPES,
    (gpu, arena, shape) => layernormError(gpu, arena, inputs(shape), shape, { gather: true }),
  ),
  check(checkWords.layernormBackward, {}),
  check(checkWords.chosenRows(checkWords.layernormBackward), { gather: true }),
  check(checkWords.layernormBackwardAdded(8), { accumulate: true, shared: true, chunkRows: 8 }),
];
