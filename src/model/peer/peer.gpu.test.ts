import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Gpu } from '../../gpu/device.ts';
import { readBuffer } from '../../gpu/recorder.ts';
import { openTestGpu } from '../../gpu/testing.ts';
import { plan, run } from '../backend/run.testing.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from '../backend/webgpu.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { OnnxRuntime } from '../onnx/session.ts';
import { createPeer, mostRows } from './peer.ts';

let gpu: Gpu;
let checkpoint: Checkpoint;
let ours: WebGpuDenoiser;
const made: { options: object; released: boolean }[] = [];

/** Stands for a tensor in a buffer of the GPU. */
interface Bound {
  buffer: GPUBuffer;
  dims: number[];
}

/** onnxruntime as the peer sees it, with our own network inside: its build for WebGPU does not run in Node. */
const runtime = {
  Tensor: { fromGpuBuffer: (buffer: GPUBuffer, { dims }: { dims: number[] }): Bound => ({ buffer, dims }) },
  InferenceSession: {
    create: (_graph: Uint8Array, options: object) => {
      const session = { options, released: false };
      made.push(session);
      const words = async ({ buffer }: Bound) => new Uint32Array(await readBuffer(gpu, buffer));
      return Promise.resolve({
        run: async ({ tokens, rows }: Record<string, Bound>, { logits }: Record<string, Bound>) => {
          const asked = await words(rows);
          const shape = { batch: 1, length: tokens.dims[1] };
          const all = await ours.logits(await words(tokens), shape);
          const width = logits.dims[1];
          const chosen = [...asked].flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]);
          gpu.device.queue.writeBuffer(logits.buffer, 0, Float32Array.from(chosen));
        },
        release: () => {
          session.released = true;
          return Promise.resolve();
        },
      });
    },
  },
} as unknown as OnnxRuntime;

beforeAll(async () => {
  gpu = await openTestGpu();
  checkpoint = await fixtureCheckpoint('dit-d64/student');
  ours = await createWebGpuDenoiser(gpu, checkpoint);
});
afterAll(() => {
  ours.destroy();
  gpu.destroy();
});

describe('a peer', () => {
  it.each([
    ['ancestral', 1],
    ['ancestral', 0.8],
    ['first-hitting', 1],
  ] as const)('draws what we draw from the same logits: %s, top-p %f', async (sampler, topP) => {
    // A late end of the grid leaves tokens to the final pass, which takes the likeliest.
    const p = plan({ sampler, steps: 5, given: { 0: 7 }, seed: 9, eps: 0.2 });
    const peer = await createPeer(runtime, gpu, checkpoint, { length: 12, rows: mostRows(p) });
    const settings = { seed: 9, temperature: 0.9, topP };
    const { traces } = await run(ours, p, settings);
    const wanted = traces[0].map(({ tokens }) => tokens);
    expect(await peer.run(p, settings)).toEqual(wanted);
    // As often as one likes.
    expect(await peer.run(p, settings)).toEqual(wanted);
    expect(wanted.flat()).toHaveLength(11);
    await peer.destroy();
  });

  it('is captured, of one shape, with its buffers on our device, and leaves nothing behind', async () => {
    const peer = await createPeer(runtime, gpu, checkpoint, { length: 10, rows: 3 });
    expect(made.at(-1)?.options).toMatchObject({
      enableGraphCapture: true,
      preferredOutputLocation: 'gpu-buffer',
      freeDimensionOverrides: { batch: 1, length: 10, rows: 3 },
      executionProviders: [{ name: 'webgpu', device: gpu.device }],
    });
    const text = Uint32Array.from({ length: 10 }, (_, i) => i);
    const rows = Uint32Array.of(0, 1, 2);
    const wanted = await ours.logits(text, { batch: 1, length: 10 }, undefined, rows);
    expect(await peer.logits(text)).toEqual(wanted);
    const refusals = [plan({ length: 10, steps: 1 }), plan({ length: 12 }), plan({ length: 10, count: 2 })];
    for (const p of refusals) {
      await expect(peer.run(p, { seed: 1, temperature: 1, topP: 1 })).rejects.toMatchObject({
        code: 'argument',
      });
    }
    await peer.destroy();
    expect(made.at(-1)?.released).toBe(true);
    expect(gpu.memory.usage().some(({ owner }) => owner.startsWith('onnxruntime'))).toBe(false);
  });
});
