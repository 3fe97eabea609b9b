import { expect, it } from 'vitest';
import { BASELINE_LIMITS } from '../../gpu/device.ts';
import type { Gpu } from '../../gpu/device.ts';
import { RELEASED_SHAPES, shapeConfig } from '../checkpoint/released-shapes.ts';
import { ParameterLayout } from './parameters.ts';
import { tinyConfig } from './testing.ts';

const gpu = (limits: Partial<typeof BASELINE_LIMITS> = {}) =>
  ({ device: { limits: { ...BASELINE_LIMITS, ...limits } } }) as unknown as Gpu;

it('says before anything is read which array a device does not take, its bytes, and what to do', () => {
  const large = new ParameterLayout(shapeConfig('large', RELEASED_SHAPES['863M'], 'diffusion', 1024));
  expect(() => {
    large.checkDevice(gpu());
  }).toThrow(
    `To train this model its parameters must lie in one piece of ${(large.bytes / 2 ** 20).toFixed(0)} MiB, but this GPU ` +
      'binds at most 128 MiB at once: choose a smaller model.',
  );
  const tiny = new ParameterLayout(tinyConfig());
  const bytes = tiny.bytes as unknown as typeof BASELINE_LIMITS.maxBufferSize;
  tiny.checkDevice(gpu({ maxBufferSize: bytes }));
  expect(() => {
    tiny.checkDevice(gpu({ maxBufferSize: (bytes - 1) as typeof bytes }), 'moments');
  }).toThrow('its moments must lie in one piece');
});
