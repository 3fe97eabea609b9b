import { expect, it } from 'vitest';
import type { CheckResult } from '../gpu/checks/check.ts';
import { BASELINE_LIMITS } from '../gpu/device.ts';
import { sharedWebGpu, useTestGpu } from '../gpu/testing.ts';
import { Engine } from './engine.ts';
import { selfTest } from './self-test.ts';
import { diskHost } from './testing.ts';

const test = useTestGpu();

it('is answered by the engine: checks pass until the signal stops them', async () => {
  const engine = new Engine({
    gpu: await sharedWebGpu(),
    secure: true,
    ...diskHost(),
    createDenoiser: () => Promise.reject(new Error('not needed')),
  });
  const controller = new AbortController();
  const told: CheckResult[] = [];
  const call = engine.call(
    'selfTest',
    {},
    {
      signal: controller.signal,
      onCheck: (check) => {
        told.push(check);
        // Those before take software adapters no time; all of them are run by a test of their own.
        if (check.kernel === 'layernorm-modulate') controller.abort();
      },
    },
  );
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  expect(new Set(told.map(({ kernel }) => kernel))).toEqual(
    new Set(['random', 'pack-weight', 'embedding-f16', 'embedding-f32', 'layernorm-modulate']),
  );
  expect(told.filter(({ ok }) => !ok)).toEqual([]);
  expect((await engine.call('ready', {})).backend).toBe('webgpu');
  engine.destroy();
});

it('describes the device, and what others keep in its memory', async () => {
  const { gpu, arena } = test;
  arena.storage('something', 64);
  gpu.memory.arena('test').storage('something more', 16);
  const { checks, device } = await selfTest(gpu, { signal: AbortSignal.abort() });
  expect(checks).toEqual([]);
  const { name, ...adapter } = gpu.adapter;
  expect(device).toMatchObject({ adapter: name, ...adapter, tuning: {} });
  expect(device.memory).toEqual([{ owner: 'test', bytes: 80 }]);
  for (const [limit, least] of Object.entries(BASELINE_LIMITS)) {
    expect(device.limits[limit], limit).toBeGreaterThanOrEqual(least);
  }
  expect(device.features).toEqual([...gpu.device.features].sort());
});
