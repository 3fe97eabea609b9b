import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Gpu } from '../../gpu/device.ts';
import { tokenProbabilities } from '../../gpu/kernels/sample/sample.reference.ts';
import { submit } from '../../gpu/recorder.ts';
import { openOwnTestGpu, openTestGpu } from '../../gpu/testing.ts';
import { chiSquareTest } from '../../testing/statistics.ts';
import { ancestralReverse, subsLogProbs } from '../diffusion/reference.ts';
import { Pacer, SUBMIT_BUDGET } from './pacing.ts';
import { audit, MASK, plan, rests, run, type PlanChoice } from './run.testing.ts';
import { createWebGpuDenoiser, type WebGpuDenoiser } from './webgpu.ts';

const BLOCKS = 2;
/** As it is without a spy. */
const realUnits = Reflect.get(Pacer.prototype, 'units');

let gpu: Gpu;
let denoiser: WebGpuDenoiser;

beforeAll(async () => {
  gpu = await openTestGpu();
  denoiser = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'));
});
afterAll(() => {
  gpu.destroy();
});

describe('what a run draws', () => {
  it.each([
    [1, 1],
    [0.7, 0.9],
  ])(
    'is the law of each step, recomputed on the CPU (temperature %f, top-p %f)',
    async (temperature, topP) => {
      const p = plan({ count: 2, steps: 5 });
      const outcome = await run(denoiser, p, { temperature, topP });
      expect(await audit(denoiser, p, outcome, temperature, topP)).toBe(24);
    },
  );

  it('is the law of each step with time conditioning, at the time of the step', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const timed = await createWebGpuDenoiser(gpu, {
      ...checkpoint,
      config: { ...checkpoint.config, timeConditioning: true },
    });
    const p = plan({ count: 2, steps: 4, length: 8 });
    const outcome = await run(timed, p);
    expect(await audit(timed, p, outcome, 1, 1)).toBe(16);
    timed.destroy();
  });

  it('follows the exact probabilities over many samples, and not those of a wrong temperature', async () => {
    const count = 4000;
    const outcome = await run(denoiser, plan({ length: 1, steps: 1, count, seed: 11 }));
    const logits = await denoiser.logits(Uint32Array.of(MASK), { batch: 1, length: 1 });
    const counts = new Float64Array(MASK + 1);
    for (const [token] of outcome.tokens) counts[token] += 1;
    expect(counts[MASK]).toBe(0);
    const test = (temperature: number) =>
      chiSquareTest(counts.slice(0, MASK), tokenProbabilities(logits, MASK, temperature, 1).slice(0, MASK));
    expect(test(1)).toBeGreaterThan(1e-3);
    expect(test(0.8)).toBeLessThan(1e-6);
  });

  it('takes the argmax in the final pass', async () => {
    // A grid that ends early leaves slots to the final pass.
    const p = plan({ steps: 1 });
    const late = {
      ...p,
      samples: p.samples.map((s) => ({ ...s, passes: s.passes.map((pass) => ({ ...pass, step: 2 })) })),
    };
    const outcome = await run(denoiser, late);
    expect(await audit(denoiser, late, outcome, 1, 1)).toBe(12);
  });

  it('has the golden probabilities of a reverse step', async () => {
    const golden = await fixture('dit-d64/golden');
    const xt = Uint32Array.from(await golden.ints('xt'));
    const logits = await denoiser.logits(xt, { batch: 2, length: 24 });
    const [t, [dt], wanted] = await Promise.all([
      golden.floats('step_t'),
      golden.floats('step_dt'),
      golden.floats('ancestral_q_xs'),
    ]);
    const size = 24 * (MASK + 1);
    for (const b of [0, 1]) {
      const logProbs = subsLogProbs(
        logits.subarray(b * size, (b + 1) * size),
        xt.subarray(24 * b, 24 * (b + 1)),
        MASK,
      );
      const law = ancestralReverse(logProbs, MASK, t[b], t[b] - dt);
      law.forEach((value, i) => {
        if (xt[24 * b + Math.floor(i / (MASK + 1))] !== MASK) return;
        expect(Math.abs(value - wanted[b * size + i])).toBeLessThan(1e-5);
      });
    }
  });
});

describe('a run', () => {
  it.each(['ancestral', 'first-hitting', 'confidence'] as const)(
    'is the same from any step on when it is taken up there: %s',
    async (sampler) => {
      const choice: PlanChoice = { sampler, length: 8, firstSample: 2, steps: 5, given: { 1: 17 } };
      const [trace] = (await run(denoiser, plan(choice))).traces;
      for (const { rest, wanted } of rests(choice, trace)) {
        expect((await run(denoiser, rest)).traces).toEqual([wanted]);
      }
      // Noise that began anew would be other noise.
      const { rest, wanted } = rests(choice, trace)[0];
      const anew = { ...rest, samples: rest.samples.map((s) => ({ ...s, earlier: 0 })) };
      const other = (await run(denoiser, anew)).traces;
      if (sampler === 'confidence') expect(other).not.toEqual([wanted]);
      else expect(other).toEqual([wanted]);
    },
  );

  it('is the same twice, and for a sample whatever it runs beside', async () => {
    const together = await run(denoiser, plan({ count: 3, steps: 6 }));
    const again = await run(denoiser, plan({ count: 3, steps: 6 }));
    expect(again.traces).toEqual(together.traces);
    for (const sample of [0, 1, 2]) {
      const alone = await run(denoiser, plan({ firstSample: sample, steps: 6 }));
      expect(alone.traces[0]).toEqual(together.traces[sample]);
    }
    expect((await run(denoiser, plan({ seed: 4, steps: 6 }))).tokens[0]).not.toEqual(together.tokens[0]);
  });

  it('never needs more passes than there are masked slots, and keeps what is given', async () => {
    const given = { 0: 5, 7: 129 };
    const { tokens, traces, cost } = await run(denoiser, plan({ steps: 1024, given, count: 2 }));
    expect(cost.forwardPasses).toBeLessThanOrEqual(10);
    for (const sample of [0, 1]) {
      expect(tokens[sample][0]).toBe(5);
      expect(tokens[sample][7]).toBe(129);
      expect(traces[sample].flatMap(({ positions }) => positions)).toHaveLength(10);
      expect(Math.max(...tokens[sample])).toBeLessThan(MASK);
    }
    expect(
      (await run(denoiser, plan({ given: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i, 1])) })))
        .cost,
    ).toMatchObject({
      forwardPasses: 0,
      submits: 0,
    });
  });

  it('has the same bits however it is cut into submits, also within a pass where that alone is too long', async () => {
    const p = plan({ count: 2, steps: 6 });
    const whole = await run(denoiser, p);
    const cutTo = async (units: (left: number, cost?: (ahead: number) => number) => number) => {
      const spy = vi.spyOn(Pacer.prototype, 'units').mockImplementation(units);
      const outcome = await run(denoiser, p);
      spy.mockRestore();
      expect(outcome.traces).toEqual(whole.traces);
      return outcome.cost;
    };
    // Every launch by itself, and a run of one submit.
    const { submits, dispatches, forwardPasses } = await cutTo(() => 1);
    expect(submits).toBe(dispatches);
    expect((await cutTo((left) => left)).submits).toBe(1);
    // A machine on which a third of a pass takes as long as a submit may.
    const slow = new Pacer();
    let total = 0;
    await cutTo((left, cost = () => 1) => {
      if (total === 0) total = Array.from({ length: left }, (_, i) => cost(i)).reduce((a, b) => a + b, 0);
      slow.measured(total / forwardPasses / 3, SUBMIT_BUDGET);
      return realUnits.call(slow, left, cost);
    }).then((cost) => {
      expect(cost.submits).toBeGreaterThanOrEqual(3 * forwardPasses);
      expect(cost.submits).toBeLessThan(5 * forwardPasses);
    });
  });

  it('takes one token per pass by first hitting', async () => {
    const { traces } = await run(denoiser, plan({ sampler: 'first-hitting' }));
    expect(traces[0].map(({ positions }) => positions.length)).toEqual(Array<number>(12).fill(1));
  });

  it('stops at an abort, and the next one runs', async () => {
    const controller = new AbortController();
    const steps = denoiser.run(plan({ steps: 12 }), {
      seed: 3,
      temperature: 1,
      topP: 1,
      signal: controller.signal,
    });
    await steps.next();
    controller.abort();
    await expect(
      (async () => {
        for (;;) if ((await steps.next()).done) return;
      })(),
    ).rejects.toMatchObject({ code: 'aborted' });
    expect((await run(denoiser, plan())).tokens[0]).toEqual((await run(denoiser, plan())).tokens[0]);
  });

  it('says what is wrong with tokens that are not the model’s', async () => {
    const shape = { batch: 1, length: 2 };
    await expect(denoiser.logits(Uint32Array.of(1, 131), shape)).rejects.toThrow(
      'id 131 is not in the vocabulary',
    );
    await expect(denoiser.logits(Uint32Array.of(1), shape)).rejects.toThrow('1 ids for 1 x 2 slots');
    await expect(denoiser.logits(new Uint32Array(25), { batch: 1, length: 25 })).rejects.toThrow(
      'takes 1 to 24 tokens',
    );
  });
});

describe('what a run costs', () => {
  it('is five dispatches a block, and three for embedding, head and merge', async () => {
    await run(denoiser, plan());
    const { cost } = await run(denoiser, plan());
    expect(cost.dispatches).toBe(cost.forwardPasses * (5 * BLOCKS + 3));
  });

  it('is nothing but plan and seed written, nothing created, and nothing read between steps', async () => {
    await run(denoiser, plan({ steps: 8 }));
    const bindGroups = vi.spyOn(gpu.device, 'createBindGroup');
    const buffers = vi.spyOn(gpu.device, 'createBuffer');
    const pipelines = vi.spyOn(gpu.device, 'createComputePipelineAsync');
    const writes = vi.spyOn(gpu.device.queue, 'writeBuffer');
    const submits = vi.spyOn(gpu.device.queue, 'submit');
    try {
      const { cost } = await run(denoiser, plan({ steps: 8, seed: 9 }));
      expect(bindGroups).not.toHaveBeenCalled();
      expect(buffers).not.toHaveBeenCalled();
      expect(pipelines).not.toHaveBeenCalled();
      // Tokens, rows, selections.
      expect(writes).toHaveBeenCalledTimes(3);
      expect(submits).toHaveBeenCalledTimes(cost.submits);
      expect(cost.submits).toBeLessThanOrEqual(cost.forwardPasses * BLOCKS);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('can be measured: the launches of a pass, to submit as often as one likes', async () => {
    const session = await denoiser.warm({ batch: 1, length: 12 });
    const launches = await session.passLaunches(5);
    expect(launches).toHaveLength(5 * BLOCKS + 3);
    // Embedding first, merge last, which takes a workgroup for each row drawn.
    expect(launches[0].kernel).toMatch(/^embedding/);
    expect(launches[launches.length - 1]).toMatchObject({ kernel: 'sample-merge', workgroups: [5, 1, 1] });
    const { bindGroups, buffersCreated } = gpu.counters;
    submit(gpu, [...launches, ...launches]);
    await gpu.device.queue.onSubmittedWorkDone();
    await session.passLaunches(12);
    expect(gpu.counters).toMatchObject({ bindGroups, buffersCreated });
    // Where logits are stored, nothing is drawn, and so nothing merged.
    const stored = await session.passLaunches(12, 'logits');
    expect(stored).toHaveLength(5 * BLOCKS + 2);
    expect(stored[stored.length - 1].kernel).toMatch(/^head-logits/);
    // Nor does it disturb the next run.
    expect((await run(denoiser, plan())).tokens).toEqual((await run(denoiser, plan())).tokens);
  });

  it('does not grow: as many buffers, bytes, bind groups and pipelines after 100 runs as after 2', async () => {
    const state = () => ({
      ...gpu.memory.total(),
      bindGroups: gpu.counters.bindGroups,
      pipelines: gpu.counters.pipelines,
      created: gpu.counters.buffersCreated,
    });
    const once = (seed: number) => run(denoiser, plan({ length: 4, steps: 2, seed }));
    await once(0);
    await once(1);
    const before = state();
    for (let seed = 2; seed < 100; seed++) await once(seed);
    expect(state()).toEqual(before);
  });

  it('gives memory back: closing a model leaves none of its buffers', async () => {
    const before = gpu.memory.total();
    const other = await createWebGpuDenoiser(gpu, await fixtureCheckpoint('dit-d64/student'), {
      storage: 'f16',
    });
    for (const length of [1, 2, 3, 4, 5, 6]) await run(other, plan({ length }));
    expect(gpu.memory.total().bytes).toBeGreaterThan(before.bytes);
    other.destroy();
    expect(gpu.memory.total()).toEqual(before);
    await expect(other.logits(Uint32Array.of(1), { batch: 1, length: 1 })).rejects.toMatchObject({
      code: 'unknown-model',
    });
  });
});

describe('a lost device', () => {
  it('is told as such', async () => {
    const mortal = await openOwnTestGpu();
    const model = await createWebGpuDenoiser(mortal, await fixtureCheckpoint('dit-d64/student'));
    mortal.destroy();
    await expect(run(model, plan())).rejects.toMatchObject({ code: 'device-lost' });
  });
});
