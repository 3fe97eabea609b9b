import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gpu } from './device.ts';
import { defineKernel } from './kernel.ts';
import { exponential, threefry2x32, tokenBitsPair } from './random.ts';
import randomWgsl from './random.wgsl?raw';
import { readBuffer, submit } from './recorder.ts';
import { openTestGpu } from './testing.ts';

const LARGEST = 2 ** 32 - 1;
/** Bits that the generator itself serves as arbitrary test input. */
const arbitrary = (i: number) => threefry2x32([1, 2], [i, 3])[0];

let gpu: Gpu;

beforeAll(async () => {
  gpu = await openTestGpu();
});

afterAll(() => {
  gpu.destroy();
});

/**
 * Map inputs to outputs on the GPU.
 * @param inputs 4 words each
 * @param body WGSL that computes `y: vec2<u32>` from `x: vec4<u32>`
 * @returns 2 words each
 */
async function onGpu(inputs: number[][], body: string): Promise<ArrayBuffer> {
  const main = `
    @group(0) @binding(0) var<storage, read> inputs: array<vec4<u32>>;
    @group(0) @binding(1) var<storage, read_write> outputs: array<vec2<u32>>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x >= arrayLength(&inputs)) { return; }
      let x = inputs[id.x];
      ${body}
      outputs[id.x] = y;
    }`;
  const kernel = defineKernel('random', [randomWgsl, main], { inputs: 'read', outputs: 'read-write' });
  const compiled = await gpu.kernels.compile(kernel);
  const arena = gpu.memory.arena('random');
  const outputs = arena.storage('outputs', 8 * inputs.length);
  const launch = compiled.bind({
    inputs: arena.storageOf('inputs', Uint32Array.from(inputs.flat())),
    outputs,
  });
  submit(gpu, [launch([Math.ceil(inputs.length / 64)])]);
  const result = await readBuffer(gpu, outputs);
  arena.destroy();
  return result;
}

it('makes the bits of the CPU', async () => {
  const addresses = [
    [0, 0, 0, 0],
    [LARGEST, LARGEST, LARGEST, LARGEST],
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3],
    [0, 0, 0, 0x80000000],
    ...Array.from({ length: 500 }, (_, i) => [0, 1, 2, 3].map((word) => arbitrary(4 * i + word))),
  ];
  const bits = new Uint32Array(
    await onGpu(addresses, 'let y = token_bits_pair(x.x, x.y, x.z & 0xffffu, x.z >> 16u, x.w);'),
  );
  const expected = addresses.flatMap(([seed, sample, position, pair]) =>
    tokenBitsPair(seed, sample, position, pair),
  );
  expect([...bits]).toEqual(expected);
});

it('makes exponentials within 1e-6 of float64, and their logarithms', async () => {
  const edges = Array.from({ length: 32 }, (_, k) => 2 ** k).flatMap((power) =>
    [power - 1, power, power + 1].flatMap((r) => [r, LARGEST - r]),
  );
  const inputs = [...edges, ...Array.from({ length: 2000 }, (_, i) => arbitrary(i))];
  const result = new Float32Array(
    await onGpu(
      inputs.map((r) => [r, 0, 0, 0]),
      'let y = bitcast<vec2<u32>>(vec2<f32>(exponential(x.x), log_exponential(x.x)));',
    ),
  );
  inputs.forEach((r, i) => {
    const exact = exponential(r);
    expect(Math.abs(result[2 * i] / exact - 1), `E of ${r}`).toBeLessThan(1e-6);
    // The bound that random.wgsl derives from the accuracy WGSL promises for log.
    const bound = 1.5e-6 + 4e-7 * Math.abs(Math.log(exact));
    expect(Math.abs(result[2 * i + 1] - Math.log(exact)), `log E of ${r}`).toBeLessThan(bound);
  });
});
