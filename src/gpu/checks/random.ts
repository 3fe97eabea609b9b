import type { Arena } from '../buffers.ts';
import type { Gpu } from '../device.ts';
import { defineKernel } from '../kernel.ts';
import { exponential, threefry2x32, tokenBitsPair } from '../random.ts';
import randomWgsl from '../random.wgsl?raw';
import { readBuffer, submit } from '../recorder.ts';
import { overCases, type KernelCheck } from './check.ts';
import { checkWords } from './messages.ts';
import { differing } from './numbers.ts';

const LARGEST = 2 ** 32 - 1;
/** Bits that the generator itself serves as arbitrary input. */
const arbitrary = (i: number): number => threefry2x32([1, 2], [i, 3])[0];

/** The functions of random.wgsl, from x: vec4<u32> to y: vec2<u32>. */
const BODIES = {
  bits: 'let y = token_bits_pair(x.x, x.y, x.z & 0xffffu, x.z >> 16u, x.w);',
  exponential: 'let y = bitcast<vec2<u32>>(vec2<f32>(exponential(x.x), log_exponential(x.x)));',
} as const;

/**
 * Map inputs to outputs by a function of random.wgsl, which has no entry point of its own.
 * @param inputs 4 words each
 * @returns 2 words each
 */
async function runRandom(
  gpu: Gpu,
  arena: Arena,
  inputs: readonly number[][],
  of: keyof typeof BODIES,
): Promise<ArrayBuffer> {
  const main = `
    @group(0) @binding(0) var<storage, read> inputs: array<vec4<u32>>;
    @group(0) @binding(1) var<storage, read_write> outputs: array<vec2<u32>>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x >= arrayLength(&inputs)) { return; }
      let x = inputs[id.x];
      ${BODIES[of]}
      outputs[id.x] = y;
    }`;
  const kernel = defineKernel('random', [randomWgsl, main], { inputs: 'read', outputs: 'read-write' });
  const compiled = await gpu.kernels.compile(kernel);
  const outputs = arena.storage('outputs', 8 * inputs.length);
  const launch = compiled.bind({
    inputs: arena.storageOf('inputs', Uint32Array.from(inputs.flat())),
    outputs,
  });
  submit(gpu, [launch([Math.ceil(inputs.length / 64)])]);
  return readBuffer(gpu, outputs);
}

/** Words that are not the CPU's, over edges and 500 arbitrary addresses. */
export async function bitsError(gpu: Gpu, arena: Arena): Promise<number> {
  const addresses = [
    [0, 0, 0, 0],
    [LARGEST, LARGEST, LARGEST, LARGEST],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
    [0, 0, 0, 0x80000000],
    ...Array.from({ length: 500 }, (_, i) => [0, 1, 2, 3].map((word) => arbitrary(4 * i + word))),
  ];
  const bits = new Uint32Array(await runRandom(gpu, arena, addresses, 'bits'));
  const expected = addresses.flatMap(([seed, sample, position, pair]) =>
    tokenBitsPair(seed, sample, position, pair),
  );
  return differing(bits, expected);
}

/**
 * Errors of E and log E over all powers of two, their neighbours and 2,000 arbitrary words.
 * @returns the largest |E / exact - 1|, and the largest |log E - exact| divided by the bound that random.wgsl derives from
 *   the accuracy WGSL promises for log, 1.5e-6 + 4e-7 |log E|
 */
export async function exponentialErrors(
  gpu: Gpu,
  arena: Arena,
): Promise<{ exponential: number; logarithm: number }> {
  const edges = Array.from({ length: 32 }, (_, k) => 2 ** k).flatMap((power) =>
    [power - 1, power, power + 1].flatMap((r) => [r, LARGEST - r]),
  );
  const inputs = [...edges, ...Array.from({ length: 2000 }, (_, i) => arbitrary(i))];
  const words = inputs.map((r) => [r, 0, 0, 0]);
  const result = new Float32Array(await runRandom(gpu, arena, words, 'exponential'));
  const largest = { exponential: 0, logarithm: 0 };
  inputs.forEach((r, i) => {
    const exact = exponential(r);
    const log = Math.log(exact);
    // Math.max keeps a NaN.
    largest.exponential = Math.max(largest.exponential, Math.abs(result[2 * i] / exact - 1));
    const bound = 1.5e-6 + 4e-7 * Math.abs(log);
    largest.logarithm = Math.max(largest.logarithm, Math.abs(result[2 * i + 1] - log) / bound);
  });
  return largest;
}

export const RANDOM_CHECKS: readonly KernelCheck[] = [
  overCases({ kernel: 'random', what: checkWords.random.bits, bound: 0, measure: 'bits' }, [0], bitsError),
  overCases(
    {
      kernel: 'random',
      what: checkWords.random.exponential,
      bound: 1e-6,
      measure: 'relative',
    },
    [0],
    async (gpu, arena) => (await exponentialErrors(gpu, arena)).exponential,
  ),
  overCases(
    {
      kernel: 'random',
      what: checkWords.random.logarithm,
      bound: 1,
      measure: 'relative',
    },
    [0],
    async (gpu, arena) => (await exponentialErrors(gpu, arena)).logarithm,
  ),
];
