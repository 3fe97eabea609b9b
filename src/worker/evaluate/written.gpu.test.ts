import { beforeAll, describe, expect, it } from 'vitest';
import { useTestGpu } from '../../gpu/testing.ts';
import { createWebGpuDenoiser } from '../../model/backend/webgpu.ts';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.ts';
import { configInfo } from '../model-info.ts';
import type { OpenModel } from '../models.ts';
import { smallModel } from '../testing.ts';
import { fakeServices } from './sweep.testing.ts';
import { writeSettings, writtenTexts } from './written.ts';

const device = useTestGpu();

describe('texts written on a GPU', () => {
  let model: OpenModel;
  beforeAll(async () => {
    const { config, weights } = await smallModel();
    const checkpoint = await openCheckpoint({ config, weights });
    const denoiser = await createWebGpuDenoiser(device.gpu, checkpoint);
    const info = {
      id: 'small',
      ...configInfo(checkpoint.config),
      origin: 'file' as const,
      title: '',
      bytes: 1,
    };
    model = { info, checkpoint, denoiser: () => Promise.resolve(denoiser) };
  });

  it('are the same whatever they are written beside', async () => {
    const settings = writeSettings({ count: 7, length: 16, seed: 5 }, [model]);
    const write = async (milliseconds: number) => {
      // The pace decides how many go into a part.
      const denoiser = await model.denoiser();
      const batches: number[] = [];
      const run: typeof denoiser.run = async function* (plan, given) {
        batches.push(plan.samples.length);
        const cost = yield* denoiser.run(plan, given);
        return { ...cost, milliseconds: milliseconds * plan.samples.length };
      };
      const paced = Object.assign(Object.create(denoiser) as typeof denoiser, { run });
      const { services } = await fakeServices({});
      const slowed: OpenModel = { ...model, denoiser: () => Promise.resolve(paced) };
      return { batches, written: await writtenTexts(slowed, 4, settings, services, {}) };
    };
    const [one, some, all] = [await write(2000), await write(300), await write(0.001)];
    expect([one.batches, some.batches, all.batches]).toEqual([
      [1, 1, 1, 1, 1, 1, 1],
      [1, 3, 3],
      [1, 6],
    ]);
    expect(some.written).toEqual(one.written);
    expect(all.written).toEqual(one.written);
    expect(new Set(one.written.text).size).toBe(7);
  });
});
