import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { adamw, adamwState, normPartials, type AdamwState } from '../kernels/adamw/adamw.reference.ts';
import {
  ADAMW,
  ADAMW_BYTES,
  adamwUniform,
  adamwWorkgroups,
  GRADIENT_NORM,
  NORM_PARTIALS,
  type AdamwUpdate,
} from '../kernels/adamw/adamw.ts';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { errorBesideLargest, normals } from './numbers.ts';

/** An update by a rate so high that each step shows, of a norm that some gradients reach and some do not. */
export const update = (step: number, fields: Partial<AdamwUpdate> = {}): AdamwUpdate => ({
  step,
  learningRate: 0.05,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0.1,
  clip: 10,
  ema: 0.8,
  ...fields,
});

/** Gradients of five updates, of which some are clipped. */
export const fiveGradients = (values: number): Float32Array<ArrayBuffer>[] =>
  [1, 0.01, 3, 0.5, 1].map((scale, i) => normals(100 + i, values, scale));

/** Sums of squares of gradients, [NORM_PARTIALS]. */
export async function runGradientNorm(
  gpu: Gpu,
  arena: Arena,
  gradients: Float32Array<ArrayBuffer>,
): Promise<Float32Array> {
  const partials = arena.storage('partials', 4 * NORM_PARTIALS);
  const launch = (await gpu.kernels.compile(GRADIENT_NORM)).bind({
    gradients: arena.storageOf('gradients', gradients),
    partials,
  });
  submit(gpu, [launch([NORM_PARTIALS])]);
  return new Float32Array(await readBuffer(gpu, partials));
}

/** State and gradients after updates on the GPU. */
export type Updated = Record<keyof AdamwState | 'gradients', Float32Array>;

/**
 * Run an update for each array of gradients, in ranges of buffers that have other values in front.
 * @param workgroups of ADAMW, where they are not those of the size
 */
export async function runAdamw(
  gpu: Gpu,
  arena: Arena,
  parameters: Float32Array<ArrayBuffer>,
  gradients: readonly Float32Array<ArrayBuffer>[],
  updates: readonly AdamwUpdate[],
  workgroups: readonly [number, number] = adamwWorkgroups(parameters.length),
): Promise<Updated> {
  const offset = 256;
  const range = (label: string, values?: Float32Array<ArrayBuffer>) => {
    const buffer = arena.storage(label, offset + parameters.byteLength);
    if (values) gpu.write(buffer, offset, values);
    return { buffer, offset, size: parameters.byteLength };
  };
  const ranges = {
    parameters: range('parameters', parameters),
    gradients: range('gradients'),
    m: range('m'),
    v: range('v'),
    average: range('average', parameters),
  };
  const partials = arena.storage('partials', 4 * NORM_PARTIALS);
  const uniform = arena.uniform('update', ADAMW_BYTES);
  const [norm, step] = await Promise.all([gpu.kernels.compile(GRADIENT_NORM), gpu.kernels.compile(ADAMW)]);
  const launches = [
    norm.bind({ gradients: ranges.gradients, partials })([NORM_PARTIALS]),
    step.bind({ update: uniform, partials, ...ranges })(workgroups),
  ];
  gradients.forEach((values, i) => {
    gpu.write(ranges.gradients.buffer, offset, values);
    gpu.write(uniform, 0, adamwUniform(updates[i]));
    submit(gpu, launches);
  });
  const entries = Object.entries(ranges).map(
    async ([name, { buffer, size }]) =>
      [name, new Float32Array(await readBuffer(gpu, buffer, size, offset))] as const,
  );
  return Object.fromEntries(await Promise.all(entries)) as Updated;
}

/** Largest error of five updates, each array's beside its largest value; Infinity where gradients are left. */
export async function adamwError(
  gpu: Gpu,
  arena: Arena,
  parameters: Float32Array<ArrayBuffer>,
  gradients: readonly Float32Array<ArrayBuffer>[],
  updates: readonly AdamwUpdate[],
  workgroups?: readonly [number, number],
): Promise<number> {
  const found = await runAdamw(gpu, arena, parameters, gradients, updates, workgroups);
  if (found.gradients.some((value) => value !== 0)) return Infinity;
  const expected = gradients.reduce(
    (state, values, i) => adamw(state, values, updates[i]),
    adamwState(parameters),
  );
  const names = ['parameters', 'm', 'v', 'average'] as const;
  // Squares that f32 cannot hold may be 0: their roots are nothing beside eps.
  const atLeast = { parameters: 0, m: 0, v: 1e-30, average: 0 };
  return Math.max(...names.map((name) => errorBesideLargest(found[name], expected[name], atLeast[name])));
}

export const ADAMW_CHECKS: readonly KernelCheck[] = [
  overCases(
    {
      kernel: GRADIENT_NORM.name,
      what: checkWords.gradientNorm,
      bound: 1e-6,
      measure: 'relative',
    },
    [4, 1028, 300_004],
    async (gpu, arena, values) => {
      const gradients = normals(values, values);
      return errorBesideLargest(await runGradientNorm(gpu, arena, gradients), normPartials(gradients));
    },
  ),
  overCases(
    {
      kernel: ADAMW.name,
      what: checkWords.adamw,
      bound: 3e-6,
      measure: 'relative',
    },
    [4, 1028, 70_004],
    (gpu, arena, values) =>
      adamwError(
        gpu,
        arena,
        normals(1, values),
        fiveGradients(values),
        [1, 2, 3, 4, 5].map((step) => update(step)),
      ),
  ),
];
