import { describe, expect, it } from 'vitest';
import { BASELINE_LIMITS, describeAdapter, openGpu, WebGpuUnavailable, type Gpu } from './device.ts';

const info = (fields: Partial<GPUAdapterInfo>) => fields as GPUAdapterInfo;

/** A `GPU` with one adapter that has the baseline limits, and what was asked of it. */
function fakeApi(
  options: {
    limits?: Record<string, number>;
    features?: string[];
    subgroupMinSize?: number;
    lost?: Promise<Partial<GPUDeviceLostInfo>>;
    refuses?: boolean;
  } = {},
) {
  const requests: GPUDeviceDescriptor[] = [];
  const adapter = {
    limits: { ...BASELINE_LIMITS, ...options.limits },
    features: new Set(options.features),
    info: info({
      ...{ vendor: 'acme', architecture: 'one' },
      ...(options.subgroupMinSize === undefined ? {} : { subgroupMinSize: options.subgroupMinSize }),
    }),
    requestDevice: (descriptor: GPUDeviceDescriptor) => {
      requests.push(descriptor);
      if (options.refuses) return Promise.reject(new Error('driver is asleep'));
      return Promise.resolve({
        features: new Set(descriptor.requiredFeatures),
        lost: options.lost ?? new Promise(() => undefined),
        destroy: () => undefined,
      });
    },
  };
  const api = { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
  return { api, requests };
}

async function stopper(opening: Promise<Gpu>): Promise<WebGpuUnavailable> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WebGpuUnavailable)) throw new Error(`opened, or ${String(error)}`);
  return error;
}

describe('openGpu', () => {
  it('takes what onnxruntime makes use of where both are measured, but no subgroups that it is wrong on', async () => {
    const limits = { maxComputeWorkgroupStorageSize: 65_536 };
    const features = ['shader-f16', 'subgroups', 'timestamp-query', 'depth-clip-control'];
    for (const [subgroupMinSize, wanted] of [
      [32, ['shader-f16', 'subgroups', 'timestamp-query']],
      [4, ['shader-f16', 'timestamp-query']],
      [undefined, ['shader-f16', 'timestamp-query']],
    ] as const) {
      const lanes = subgroupMinSize === undefined ? {} : { subgroupMinSize };
      const { api, requests } = fakeApi({ limits, features, ...lanes });
      await openGpu(api, { peer: true });
      await openGpu(api);
      expect([...requests[0].requiredFeatures!].sort()).toEqual(wanted);
      expect(requests[0].requiredLimits).toMatchObject(limits);
      expect(requests[1].requiredFeatures).toEqual(['timestamp-query']);
      expect(requests[1].requiredLimits).not.toHaveProperty('maxComputeWorkgroupStorageSize');
    }
  });

  it('tells no API from an insecure context, which hides it', async () => {
    const none = await stopper(openGpu(undefined));
    expect(none.reason).toBe('no-api');
    expect(none.message).toMatch(/has no WebGPU; use a current/);
    const insecure = await stopper(openGpu(undefined, { secure: false }));
    expect(insecure.reason).toBe('insecure-context');
    expect(insecure.message).toMatch(/https/);
    expect((await stopper(openGpu(undefined, { secure: true }))).reason).toBe('no-api');
  });

  it.each([
    ['null', () => Promise.resolve(null)],
    ['an error', () => Promise.reject(new Error('blocklisted'))],
  ])('finds no adapter when the browser gives %s', async (_, requestAdapter) => {
    const error = await stopper(openGpu({ requestAdapter } as unknown as GPU));
    expect(error.reason).toBe('no-adapter');
    expect(error.remedy).toMatch(/hardware acceleration/);
  });

  it('says why an adapter could not be opened', async () => {
    const error = await stopper(openGpu(fakeApi({ refuses: true }).api));
    expect(error.reason).toBe('no-adapter');
    expect(error.message).toContain('driver is asleep');
  });

  it.each(Object.entries(BASELINE_LIMITS))('names a %s below %d', async (limit, needed) => {
    const error = await stopper(openGpu(fakeApi({ limits: { [limit]: needed - 1 } }).api));
    expect(error.reason).toBe('limit-too-low');
    expect(error.message).toContain(`limit ${limit} of this GPU is ${needed - 1}, but ${needed} is needed`);
    expect(error.message).toContain(error.remedy);
  });

  it('raises what decides how large a model fits, and times where it can', async () => {
    const { api, requests } = fakeApi({
      limits: { maxBufferSize: 2 ** 32, maxComputeWorkgroupStorageSize: 2 ** 16 },
      features: ['timestamp-query', 'shader-f16'],
    });
    const gpu = await openGpu(api);
    expect(requests).toEqual([
      {
        requiredLimits: { maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 27 },
        requiredFeatures: ['timestamp-query'],
      },
    ]);
    expect(gpu.timestamps).toBe(true);
    expect(gpu.adapter.name).toBe('acme one');
  });

  it('asks for nothing when it opens the baseline', async () => {
    const { api, requests } = fakeApi({
      limits: { maxBufferSize: 2 ** 32 },
      features: ['timestamp-query'],
    });
    expect((await openGpu(api, { baseline: true })).timestamps).toBe(false);
    expect(requests).toEqual([{ requiredLimits: {}, requiredFeatures: [] }]);
  });

  it('tells a loss from its own destroy()', async () => {
    const crash = await openGpu(fakeApi({ lost: Promise.resolve({ message: 'driver reset' }) }).api);
    expect(await crash.lost).toBe('driver reset');
    expect(crash.isLost).toBe(true);
    const silent = await openGpu(fakeApi({ lost: Promise.resolve({ message: '' }) }).api);
    expect(await silent.lost).toBe('no reason given');

    let lose: (info: Partial<GPUDeviceLostInfo>) => void = () => undefined;
    const lost = new Promise<Partial<GPUDeviceLostInfo>>((resolve) => {
      lose = resolve;
    });
    const closed = await openGpu(fakeApi({ lost }).api);
    expect(closed.isLost).toBe(false);
    closed.destroy();
    lose({ message: 'destroyed' });
    await lost;
    const told = await Promise.race([
      closed.lost,
      new Promise((resolve) => setTimeout(resolve, 5, 'nothing')),
    ]);
    expect(told).toBe('nothing');
    expect(closed.isLost).toBe(true);
  });
});

describe('describeAdapter', () => {
  it.each([
    [
      { vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader driver' },
      'google swiftshader',
    ],
    [{ vendor: 'mesa', architecture: '', description: 'llvmpipe (LLVM 19, 256 bits)' }, 'mesa'],
    [{ vendor: 'microsoft', architecture: '', description: 'Microsoft Basic Render Driver' }, 'microsoft'],
    [{ vendor: 'acme', architecture: 'one', description: '', isFallbackAdapter: true }, 'acme one'],
  ])('marks %j as software', (fields, name) => {
    expect(describeAdapter(info(fields))).toMatchObject({ name: `${name} (software)`, software: true });
  });

  it.each([
    [{ vendor: 'apple', architecture: 'metal-3', description: '' }, 'apple metal-3'],
    [{ vendor: '', architecture: '', description: 'GeForce' }, 'GeForce'],
    [{ vendor: '', architecture: '', description: '' }, 'unknown adapter'],
  ])('names %j', (fields, name) => {
    expect(describeAdapter(info(fields))).toMatchObject({ name, software: false });
  });

  it('describes the adapter of a browser that hides it', () => {
    expect(describeAdapter(undefined)).toEqual({
      name: 'unknown adapter',
      vendor: '',
      architecture: '',
      software: false,
    });
  });
});
