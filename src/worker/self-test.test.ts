import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../gpu/checks/check.ts';
import { EngineClient } from './client.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { EngineEvent } from './protocol.ts';
import { serve } from './serve.ts';
import { diskHost, fakeGpu } from './testing.ts';

/** An engine on a fake device, on which no kernel compiles. */
function setup(options: Partial<EngineOptions> = {}) {
  const host = diskHost();
  const gpu = fakeGpu();
  const createDenoiser: EngineOptions['createDenoiser'] = () => Promise.reject(new Error('not needed'));
  const engine = new Engine({ gpu: gpu.api, secure: true, ...host, createDenoiser, ...options });
  return { engine, host, gpu };
}

describe('selfTest', () => {
  it('checks kernels on the device without any model, tells of each, and describes the device', async () => {
    const { engine, host } = setup({
      tuning: () => Promise.resolve({ '32x768x256 f16': 'tile 32 x 16' }),
    });
    const told: CheckResult[] = [];
    const { checks, device } = await engine.call('selfTest', {}, { onCheck: (check) => told.push(check) });
    expect(host.asked).toEqual([]);
    expect(checks).toEqual(told);
    expect(checks.length).toBeGreaterThan(30);
    for (const { ok, error, message } of checks) {
      expect({ ok, error }).toEqual({ ok: false, error: Infinity });
      expect(message).toMatch(/is not (defined|a function)/);
    }
    expect(device).toMatchObject({
      adapter: 'test swiftshader (software)',
      vendor: 'test',
      architecture: 'swiftshader',
      software: true,
      features: [],
      tuning: { '32x768x256 f16': 'tile 32 x 16' },
      memory: [],
    });
    expect(device.limits).toMatchObject({
      maxBufferSize: 2 ** 40,
      maxComputeInvocationsPerWorkgroup: 2 ** 40,
    });
  });

  it('waits for its turn, stops between checks, and lets the next request in', async () => {
    const { engine } = setup();
    const controller = new AbortController();
    const told: string[] = [];
    const test = engine.call(
      'selfTest',
      {},
      {
        signal: controller.signal,
        onCheck: ({ kernel }) => {
          told.push(kernel);
          controller.abort();
        },
      },
    );
    const next = engine.call('encode', { model: 'student', text: 'Once' }).then(() => told.push('next'));
    await expect(test).rejects.toMatchObject({ code: 'aborted' });
    await next;
    expect(told).toEqual(['random', 'next']);
  });

  it('rejects where there is no GPU, and when the device is lost', async () => {
    await expect(setup({ gpu: undefined }).engine.call('selfTest', {})).rejects.toMatchObject({
      code: 'no-webgpu',
    });
    const { engine, gpu } = setup();
    const test = engine.call(
      'selfTest',
      {},
      {
        onCheck: () => {
          gpu.lose('reset');
        },
      },
    );
    await expect(test).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('reaches the page with its checks, in the order of their coming', async () => {
    const { base, fetcher } = diskHost();
    const createDenoiser: EngineOptions['createDenoiser'] = () => Promise.reject(new Error('not needed'));
    const sent: EngineEvent[] = [];
    const client = new EngineClient(
      base,
      () => {
        let listener: (event: MessageEvent<EngineEvent>) => void = () => undefined;
        const handle = serve({ gpu: fakeGpu().api, fetcher, createDenoiser }, (event) => {
          sent.push(structuredClone(event));
          listener({ data: structuredClone(event) } as MessageEvent<EngineEvent>);
        });
        return {
          postMessage: (request) => {
            queueMicrotask(() => {
              handle(structuredClone(request));
            });
          },
          addEventListener: (type: string, added: unknown) => {
            if (type === 'message') listener = added as typeof listener;
          },
          terminate: () => undefined,
        };
      },
      () => Promise.resolve({ secure: true, gpu: 'present' }),
    );
    const told: CheckResult[] = [];
    const { checks } = await client.call('selfTest', {}, { onCheck: (check) => told.push(check) });
    expect(told).toEqual(checks);
    expect(sent.map(({ type }) => type)).toEqual([...checks.map(() => 'check'), 'result']);
  });
});
