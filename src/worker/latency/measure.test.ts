import { describe, expect, it } from 'vitest';
import type { RunCost, RunSettings, RunStep } from '../../model/backend/denoiser.ts';
import type { ModelConfig } from '../../model/checkpoint/config.ts';
import type { Plan } from '../../model/diffusion/plan.ts';
import { UnmaskError } from '../../model/errors.ts';
import { FakeDenoiser } from '../testing.ts';
import { checkLatency } from './arguments.ts';
import { measureTwins, type About, type MeasureOptions } from './measure.ts';
import { twinConfig } from './preflight.ts';
import type { LatencyProgress, Twin } from './result.ts';

const options = checkLatency({
  shape: { hidden: 64, blocks: 2, heads: 2, vocabulary: 131 },
  tokens: 128,
  steps: [4, 16, 64],
  seconds: 1,
  repeats: 3,
});
const about: About = {
  shape: options.shape,
  parameters: { diffusion: 1, causal: 1 },
  ...{ tokens: 128, written: 127, batch: 1, storage: 'f16', device: 'test', software: false, date: '' },
};

/** Milliseconds of a pass, and of reading a given token; a clock on the wall adds 2 ms to each run. */
interface Times {
  diffusion: number;
  causal: (position: number) => number;
  given?: number;
}

/** Takes the times it is told, without taking them. */
class Simulated extends FakeDenoiser {
  readonly plans: Plan[] = [];
  constructor(
    config: ModelConfig,
    private readonly times: Times,
    private readonly clock: boolean,
  ) {
    super(config);
  }

  override async *run(plan: Plan, { signal }: RunSettings): AsyncGenerator<RunStep, RunCost, undefined> {
    this.plans.push(plan);
    const { kind } = this.config;
    const [{ passes, initial }] = plan.samples;
    let gpu = 0;
    if (kind === 'causal') gpu += (this.times.given ?? 0) * (initial.indexOf(plan.maskId) - 1);
    for (const [pass, { positions }] of passes.entries()) {
      if (signal?.aborted) throw new UnmaskError('aborted', 'The run was cancelled.');
      gpu += kind === 'diffusion' ? this.times.diffusion : this.times.causal(positions[0]);
      yield { pass, steps: [] };
      await Promise.resolve();
    }
    const cost = { forwardPasses: plan.forwardPasses, submits: 1, dispatches: 1, milliseconds: gpu + 2 };
    return this.clock ? { ...cost, gpuMilliseconds: gpu } : cost;
  }
}

/** Measure networks of these times. */
async function measure(times: Times, more: Partial<MeasureOptions> & { clock?: boolean } = {}) {
  const { clock = true, ...rest } = more;
  const made: Simulated[] = [];
  const progress: LatencyProgress[] = [];
  const setUp = (kind: Twin, onProgress: Parameters<Parameters<typeof measureTwins>[0]>[1]) => {
    expect(made.every(({ destroyed }) => destroyed)).toBe(true);
    onProgress({ stage: 'upload', loaded: 5, total: 10 });
    made.push(new Simulated(twinConfig(options.shape, kind, 128), times, clock));
    return Promise.resolve(made[made.length - 1]);
  };
  const onProgress = (event: LatencyProgress) => progress.push(event);
  const study = await measureTwins(setUp, about, { ...options, onProgress, ...rest }).catch(
    (error: unknown) => error as UnmaskError,
  );
  return { study, made, progress };
}

/** The study, which must not have failed. */
async function succeed(...given: Parameters<typeof measure>) {
  const { study, ...rest } = await measure(...given);
  if (study instanceof Error) throw study;
  return { study, ...rest };
}

describe('a study', () => {
  it('times whole runs that fit the budget, with what they cost on the GPU', async () => {
    const { study, made } = await succeed({ diffusion: 4, causal: () => 1 });
    expect(study.clock).toBe('gpu');
    expect(study.points.map(({ kind, steps, how }) => [kind, steps, how])).toEqual([
      ['diffusion', 4, 'measured'],
      ['diffusion', 16, 'measured'],
      ['diffusion', 64, 'measured'],
      ['causal', 0, 'measured'],
    ]);
    for (const {
      kind,
      forwardPasses,
      passes,
      milliseconds,
      gpuMilliseconds,
      tokensPerSecond,
    } of study.points) {
      const gpu = forwardPasses * (kind === 'diffusion' ? 4 : 1);
      expect(passes).toBe(forwardPasses);
      expect(gpuMilliseconds?.values).toEqual([gpu, gpu, gpu]);
      expect(milliseconds.median).toBe(gpu + 2);
      expect(tokensPerSecond).toBeCloseTo(127_000 / gpu, 6);
    }
    // 127 passes of 1 ms are as quick as some 31.75 of 4 ms.
    expect(study.crossing).toMatchObject({ where: 'at' });
    expect(study.crossing?.steps).toBeGreaterThan(30);
    expect(study.crossing?.steps).toBeLessThan(64);
    expect(made.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  });

  it('goes by the wall where the GPU has no clock', async () => {
    const { study } = await succeed({ diffusion: 4, causal: () => 1 }, { clock: false });
    expect(study.clock).toBe('wall');
    expect(study.points[3].tokensPerSecond).toBeCloseTo(127_000 / 129, 6);
    expect(study.points[0]).not.toHaveProperty('gpuMilliseconds');
  });

  it('extrapolates what does not fit from the first passes, and runs no more than those', async () => {
    // A second has room for 16 passes of 60 ms; a third of it for five.
    const { study, made } = await succeed({ diffusion: 60, causal: () => 1 });
    const [four, , sixtyFour] = study.points;
    expect(four).toMatchObject({ how: 'measured' });
    expect(sixtyFour).toMatchObject({ how: 'extrapolated', passes: 5 });
    expect(sixtyFour.gpuMilliseconds?.median).toBeCloseTo(60 * sixtyFour.forwardPasses, 6);
    const longest = Math.max(...made[0].plans.map(({ forwardPasses }) => forwardPasses));
    expect(longest).toBeLessThanOrEqual(16);
  });

  it('extrapolates the causal network along the text, whatever it takes to read what is given', async () => {
    const causal = (position: number): number => 20 + position;
    let whole = 0;
    for (let position = 1; position < 128; position++) whole += causal(position);
    const { study, made } = await succeed({ diffusion: 1, causal, given: 7 });
    const twin = study.points[3];
    expect(twin).toMatchObject({ kind: 'causal', how: 'extrapolated', steps: 0, forwardPasses: 127 });
    expect(twin.gpuMilliseconds!.median / whole).toBeCloseTo(1, 2);
    const passes = made[1].plans.reduce((sum, plan) => sum + plan.forwardPasses, 0);
    expect(passes).toBeLessThan(3 * 127);
  });

  it('repeats as often as asked, and at least once', async () => {
    const { study } = await succeed({ diffusion: 1, causal: () => 1 }, { repeats: 2 });
    expect(study.points.map(({ milliseconds }) => milliseconds.values.length)).toEqual([2, 2, 2, 2]);
    const none = await succeed({ diffusion: 1, causal: () => 1 }, { seconds: 1e-9 });
    expect(none.study.points.map(({ milliseconds }) => milliseconds.values.length)).toEqual([1, 1, 1, 1]);
  });

  it('tells what it is at, with what is known by then', async () => {
    const { progress } = await succeed({ diffusion: 4, causal: () => 1 });
    expect(
      progress.map(({ kind, stage, done, steps, study }) => [kind, stage, done, steps, study.points.length]),
    ).toEqual([
      ['diffusion', 'upload', 5, undefined, 0],
      ['diffusion', 'time', 0, 4, 0],
      ['diffusion', 'time', 1, 16, 1],
      ['diffusion', 'time', 2, 64, 2],
      ['diffusion', 'time', 3, undefined, 3],
      ['causal', 'upload', 5, undefined, 3],
      ['causal', 'time', 0, 0, 3],
      ['causal', 'time', 1, undefined, 4],
    ]);
    expect(progress[6].study).not.toHaveProperty('crossing');
    expect(progress[7].study.crossing).toBeDefined();
  });
});

describe('a study that ends early', () => {
  it('frees what it holds when it is cancelled, between points and within one', async () => {
    for (const at of [1, 3]) {
      const controller = new AbortController();
      let told = 0;
      const { study, made } = await measure(
        { diffusion: 4, causal: () => 1 },
        {
          signal: controller.signal,
          onProgress: () => {
            if (++told === at) controller.abort();
          },
        },
      );
      expect(study).toMatchObject({ name: 'UnmaskError', code: 'aborted' });
      expect(made.map(({ destroyed }) => destroyed)).toEqual([true]);
      // Nothing of the point that was told of last has run to its end.
      expect(made[0].plans.length).toBeLessThanOrEqual(at === 1 ? 0 : 5);
    }
  });

  it('has told what it knew by then', async () => {
    const { study, progress } = await measure({
      diffusion: 4,
      causal: () => {
        throw new UnmaskError('out-of-memory', 'too little');
      },
    });
    expect(study).toMatchObject({ code: 'out-of-memory' });
    expect(progress[progress.length - 1].study.points).toHaveLength(3);
  });
});
