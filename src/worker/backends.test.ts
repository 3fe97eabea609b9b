import { describe, expect, it, vi } from 'vitest';
import type { Denoiser } from '../model/backend/denoiser.ts';
import type { Checkpoint } from '../model/checkpoint/checkpoint.ts';
import type { UnmaskError } from '../model/errors.ts';
import { Backends, type BackendOptions } from './backends.ts';
import { fakeGpu } from './testing.ts';

const denoiser = (): Denoiser => ({ destroy: vi.fn() }) as unknown as Denoiser;
const checkpoint = {} as Checkpoint;

function make(options: Partial<BackendOptions> = {}) {
  const gpu = fakeGpu();
  const lost: UnmaskError[] = [];
  const createDenoiser = vi.fn(() => Promise.resolve(denoiser()));
  const createFallback = vi.fn(() => Promise.resolve(denoiser()));
  const backends = new Backends(
    { gpu: gpu.api, secure: true, createDenoiser, createFallback, threads: 2, ...options },
    (error) => lost.push(error),
  );
  return { gpu, lost, createDenoiser, createFallback, backends };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('which backend computes', () => {
  it('is WebGPU where there is one, and the fallback is left alone', async () => {
    const { backends, createDenoiser, createFallback } = make();
    expect(await backends.ready()).toMatchObject({ backend: 'webgpu' });
    await backends.create(await backends.choose(), checkpoint, {});
    expect(createDenoiser).toHaveBeenCalledOnce();
    expect(createFallback).not.toHaveBeenCalled();
  });

  it.each([
    ['no API', { gpu: undefined }, /no WebGPU/],
    ['an insecure context', { gpu: undefined, secure: false }, /https or on localhost/],
    [
      'no adapter',
      { gpu: { requestAdapter: () => Promise.resolve(null) } as unknown as GPU },
      /offers no GPU/,
    ],
  ])('is the fallback with %s, and says why', async (_, options, why) => {
    const { backends, createFallback } = make(options);
    expect(await backends.ready()).toEqual({
      ...{ backend: 'wasm', adapter: 'CPU, 2 threads', software: false },
      why: expect.stringMatching(why) as unknown,
    });
    await backends.create(await backends.choose(), checkpoint, {});
    expect(createFallback).toHaveBeenCalledOnce();
  });

  it('is what the visitor forces, without a reason, and what a call asks for', async () => {
    const { backends, gpu } = make({ backend: 'wasm' });
    expect(await backends.ready()).toEqual({ backend: 'wasm', adapter: 'CPU, 2 threads', software: false });
    expect(gpu.opened).toBe(0);
    expect(await backends.choose('webgpu')).toBe('webgpu');
    expect(await make().backends.choose('wasm')).toBe('wasm');
  });

  it('is refused where WebGPU is forced and not there, or there is no fallback', async () => {
    await expect(make({ backend: 'webgpu', gpu: undefined }).backends.ready()).rejects.toThrow(/no WebGPU/);
    const { gpu: _, ...bare } = { gpu: undefined, secure: true, createDenoiser: vi.fn() };
    const alone = new Backends({ ...bare, gpu: undefined }, () => undefined);
    await expect(alone.ready()).rejects.toThrow(/no WebGPU/);
    await expect(alone.choose('wasm')).rejects.toThrow(/not part of this build/);
  });
});

describe('a lost device', () => {
  it('is opened again once; after the second loss the fallback takes over and says why', async () => {
    const { backends, gpu, lost } = make();
    await backends.open();
    gpu.lose('driver reset');
    await settled();
    expect(await backends.choose()).toBe('webgpu');
    expect(gpu.opened).toBe(2);
    gpu.lose('driver reset.');
    await settled();
    expect(await backends.ready()).toMatchObject({
      backend: 'wasm',
      why: 'The GPU was lost (driver reset) for the second time; reload the page to try it again.',
    });
    expect(gpu.opened).toBe(2);
    expect(lost.map(({ code, message }) => [code, message])).toEqual([
      [
        'device-lost',
        'The GPU was lost (driver reset): run again, and everything is set up anew from memory.',
      ],
      [
        'device-lost',
        'The GPU was lost (driver reset) for the second time: run again on the CPU, or reload the page to try the GPU again.',
      ],
    ]);
  });

  it('takes along what is being set up on it', async () => {
    const destroyed = vi.fn();
    const made = { destroy: destroyed } as unknown as Denoiser;
    let finish = (): void => undefined;
    const createDenoiser = (): Promise<Denoiser> =>
      new Promise((resolve) => {
        finish = () => {
          resolve(made);
        };
      });
    const { backends, gpu } = make({ createDenoiser });
    const creating = backends.create('webgpu', checkpoint, {});
    await settled();
    gpu.lose('x');
    await settled();
    finish();
    await expect(creating).rejects.toThrow(/lost while the model was set up/);
    expect(destroyed).toHaveBeenCalledOnce();
  });
});
