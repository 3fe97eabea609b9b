import { afterAll, expect, it } from 'vitest';
import { sharedWebGpu } from '../src/gpu/testing.ts';
import { createWebGpuDenoiser } from '../src/model/backend/webgpu.ts';
import { tokensAfter, type Trace } from '../src/trace/trace.ts';
import { firstSettings } from '../src/ui/stores/watch.ts';
import { recorded } from '../src/ui/watch/recorded.ts';
import { Engine } from '../src/worker/engine.ts';
import { diskHost } from '../src/worker/testing.ts';
import { recordRun } from './recorded-run.ts';

const engine = new Engine({
  ...{ gpu: await sharedWebGpu(), secure: true, createDenoiser: createWebGpuDenoiser },
  ...diskHost(),
});
afterAll(() => {
  engine.destroy();
});

/** What is the same to the last bit, or the test fails: all but chances and entropies. */
const choices = ({ trace, ...rest }: Trace) => ({
  ...rest,
  trace: trace.map(({ step, t, positions, tokens }) => ({ step, t, positions, tokens })),
});

it('is still what the bundled student writes, with the first settings of the page', async () => {
  const { trace, pieces, bos } = await recordRun(engine);
  expect(choices(recorded.trace)).toEqual(choices(trace));
  for (const [i, step] of trace.trace.entries()) {
    const kept = recorded.trace.trace[i];
    for (const [field, bound] of [
      ['probabilities', 1e-3],
      ['entropies', 1e-2],
    ] as const) {
      expect(kept[field]).toHaveLength(step.positions.length);
      kept[field].forEach((value, j) => {
        expect(Math.abs(value - step[field][j])).toBeLessThan(bound);
      });
    }
  }
  const { model, sampler, steps, seed, temperature, topP, slots } = firstSettings;
  expect(recorded.trace).toMatchObject({ model, sampler, steps, seed, temperature, topP, version: 1 });
  expect(recorded.trace.initial).toHaveLength(slots + 1);
  expect(recorded.vocabulary).toEqual({ pieces, bos, maskId: 4096 });
  expect(tokensAfter(recorded.trace, trace.forwardPasses)).not.toContain(4096);
});
