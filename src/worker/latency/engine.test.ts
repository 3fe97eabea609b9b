import { describe, expect, it } from 'vitest';
import { Engine, type EngineOptions } from '../engine.ts';
import { diskHost, fakeGpu } from '../testing.ts';
import type { LatencyProgress, LatencyResult, Preflight } from './result.ts';

/** An engine on a fake device that sets nothing up. */
function setup(options: Partial<EngineOptions> = {}): { engine: Engine } {
  const { base, fetcher } = diskHost();
  const createDenoiser = () => Promise.reject(new Error('not to be asked'));
  return {
    engine: new Engine({ gpu: fakeGpu().api, secure: true, base, fetcher, createDenoiser, ...options }),
  };
}

/** Matches an UnmaskError of this code whose sentence fits. */
const code = (wanted: string, message = /./): unknown =>
  expect.objectContaining({ code: wanted, message: expect.stringMatching(message) as unknown });

describe('latency and preflight', () => {
  const latency = {
    preflight: () => Promise.reject(new Error('not to be asked')),
    run: () => Promise.reject(new Error('not to be asked')),
  };

  it('fills in what was left out, and hands on progress and signal', async () => {
    const asked: unknown[] = [];
    const { engine } = setup({
      latency: {
        preflight: (gpu, { shape, steps }) =>
          Promise.resolve({ device: gpu.adapter.name, shape, seconds: steps.length } as Preflight),
        run: ({ options, secure, signal, onProgress }) => {
          asked.push({ tokens: options.tokens, secure, aborted: signal?.aborted });
          onProgress?.({ kind: 'causal', stage: 'time', done: 0, total: 1 } as LatencyProgress);
          return Promise.resolve({ tokens: options.tokens } as LatencyResult);
        },
      },
    });
    const seconds = await engine.call('latencyPreflight', { steps: [8, 4] });
    expect(seconds).toMatchObject({
      device: 'test swiftshader (software)',
      seconds: 2,
      shape: { name: '169M' },
    });
    const told: string[] = [];
    const { signal } = new AbortController();
    const hooks = { signal, onLatency: ({ kind }: LatencyProgress) => told.push(kind) };
    expect(await engine.call('latency', { tokens: 64 }, hooks)).toEqual({ tokens: 64 });
    expect(asked).toEqual([{ tokens: 64, secure: true, aborted: false }]);
    expect(told).toEqual(['causal']);
  });

  it.each(['latencyPreflight', 'latency'] as const)('%s refuses what it cannot do', async (call) => {
    const { engine } = setup({ latency });
    await expect(engine.call(call, { tokens: 0 })).rejects.toEqual(code('argument', /tokens is 0/));
    await expect(setup().engine.call(call, {})).rejects.toEqual(code('argument', /not part/));
  });

  it('has no preflight where there is no GPU', async () => {
    const { engine } = setup({ latency, gpu: undefined });
    await expect(engine.call('latencyPreflight', {})).rejects.toEqual(code('no-webgpu'));
  });
});
