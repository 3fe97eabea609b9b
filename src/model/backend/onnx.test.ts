import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import {
  argmax,
  drawToken,
  entropyOf,
  tokenProbabilities,
} from '../../gpu/kernels/sample/sample.reference.ts';
import type { Sampler, TraceStep } from '../../trace/trace.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { isFinal, type Plan } from '../diffusion/plan.ts';
import { confidencePass } from '../diffusion/reference.ts';
import { loadReference, referenceLogits, type ReferenceNetwork } from '../network/forward.reference.ts';
import { distance, runtime } from '../onnx/testing.ts';
import { createOnnxDenoiser, type OnnxDenoiser } from './onnx.ts';
import { exact, expectSame } from './onnx.testing.ts';
import { audit, MASK, plan, rests, run, type PlanChoice } from './run.testing.ts';

const timed = (checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  config: { ...checkpoint.config, timeConditioning: true },
});

let denoiser: OnnxDenoiser;
let network: ReferenceNetwork;

beforeAll(async () => {
  const checkpoint = await fixtureCheckpoint('dit-d64/student');
  denoiser = await createOnnxDenoiser(runtime, checkpoint);
  network = await loadReference(checkpoint);
});
afterAll(() => {
  denoiser.destroy();
});

/** A run in plain float64: the network, laws and draws of the references, one text after the other. */
function referenceRun(of: ReferenceNetwork, p: Plan, temperature: number, topP: number): TraceStep[][] {
  return p.samples.map(({ sample, initial, passes }) => {
    const tokens = [...initial];
    return passes.map((pass, index) => {
      const logits = referenceLogits(of, tokens, { t: pass.t });
      const final = isFinal(p, pass);
      const law = (position: number) =>
        tokenProbabilities(
          logits.subarray(position * (MASK + 1), (position + 1) * (MASK + 1)),
          MASK,
          temperature,
          final ? 1 : topP,
        );
      const chooses = p.sampler === 'confidence';
      const draw = (chances: Float64Array, position: number) =>
        final
          ? argmax(MASK, (v) => chances[v])
          : drawToken(chances, { seed: p.seed, sample, position, draw: chooses ? index : 0 });
      const taken = chooses
        ? confidencePass(tokens, MASK, pass.count, law, draw)
        : pass.positions.map((position) => {
            const chances = law(position);
            const token = draw(chances, position);
            return { position, token, probability: chances[token] };
          });
      const step = {
        step: pass.step,
        t: pass.t,
        positions: taken.map(({ position }) => position),
        tokens: taken.map(({ token }) => token),
        probabilities: taken.map(({ probability }) => probability),
        entropies: taken.map(({ position }) => entropyOf(law(position))),
      };
      for (const { position, token } of taken) tokens[position] = token;
      return step;
    });
  });
}

const samplers: Sampler[] = ['ancestral', 'first-hitting', 'confidence'];
const given = { 0: 5, 1: 17, 7: 129 };

// Where nothing is given all positions have the same law, and in a small nucleus the same chance: rounding would choose.
describe.each(samplers)('a run on onnxruntime by the sampler %s', (sampler) => {
  it.each<[string, PlanChoice, number, number]>([
    ['a batch', { count: 3, steps: 5 }, 1, 1],
    [
      'from a sample on, of low temperature and top-p',
      { count: 2, firstSample: 4, steps: 6, given: { 3: 5 } },
      0.7,
      0.9,
    ],
    ['high temperature, prompt and pin, many steps', { steps: 1024, seed: 8, given }, 2, 1],
    ['a final pass and top-p', { steps: 2, eps: 0.4, count: 2, given }, 0.8, 0.9],
    ['nothing but a final pass', { steps: 1, eps: 1 - 1e-12 }, 1, 0.5],
  ])('is that of the reference: %s', async (_name, choice, temperature, topP) => {
    const p = plan({ ...choice, sampler });
    const outcome = await run(denoiser, p, { temperature, topP });
    expectSame(outcome.traces, referenceRun(network, p, temperature, topP));
    expect(await audit(denoiser, p, outcome, temperature, topP)).toBe(p.maskedSlots);
    const { forwardPasses, submits, dispatches, milliseconds } = outcome.cost;
    expect({ forwardPasses, dispatches }).toEqual({ forwardPasses: p.forwardPasses, dispatches: 0 });
    expect(submits).toBe(p.samples.reduce((sum, { passes }) => sum + passes.length, 0));
    expect(milliseconds).toBeGreaterThan(0);
  });

  it('is that of the reference with time conditioning', async () => {
    const checkpoint = timed(await fixtureCheckpoint('dit-d64/student'));
    const model = await createOnnxDenoiser(runtime, checkpoint);
    const p = plan({ sampler, count: 2, steps: 4, length: 8, eps: 0.1 });
    const { traces } = await run(model, p);
    expectSame(traces, referenceRun(await loadReference(checkpoint), p, 1, 1));
    expect(exact(traces)).not.toEqual(exact((await run(denoiser, p)).traces));
    model.destroy();
  });

  it('is the same from any step on when it is taken up there', async () => {
    const choice: PlanChoice = { sampler, firstSample: 2, steps: 6, given: { 1: 17, 7: 129 } };
    const [trace] = (await run(denoiser, plan(choice), { topP: 0.9 })).traces;
    const all = rests(choice, trace);
    expect(all.length).toBeGreaterThan(2);
    for (const { rest, wanted } of all) {
      expect((await run(denoiser, rest, { topP: 0.9 })).traces).toEqual([wanted]);
    }
  });

  it('is the same for a sample whatever it runs beside, and another for another seed', async () => {
    const together = await run(denoiser, plan({ sampler, count: 3, steps: 6 }));
    for (const firstSample of [0, 1, 2]) {
      const alone = await run(denoiser, plan({ sampler, firstSample, steps: 6 }));
      expect(alone.traces[0]).toEqual(together.traces[firstSample]);
    }
    const other = await run(denoiser, plan({ sampler, count: 3, steps: 6, seed: 4 }));
    expect(other.tokens).not.toEqual(together.tokens);
  });
});

describe('what becomes of a run', () => {
  it('is nothing where nothing is masked', async () => {
    const all = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [i, 1]));
    const { cost, tokens } = await run(denoiser, plan({ given: all }));
    expect(cost).toMatchObject({ forwardPasses: 0, submits: 0 });
    expect([...tokens[0]]).toEqual(new Array(12).fill(1));
  });

  it('is an end when it is stopped, between texts, and the next one starts', async () => {
    const abort = new AbortController();
    const steps = denoiser.run(plan({ steps: 1024, count: 2 }), {
      ...{ seed: 3, temperature: 1, topP: 1, signal: abort.signal },
    });
    expect((await steps.next()).done).toBe(false);
    abort.abort();
    await expect(steps.next()).rejects.toMatchObject({ code: 'aborted' });
    expect((await run(denoiser, plan())).cost.forwardPasses).toBeGreaterThan(0);
  });

  it('lets messages in while it works, so that it can be stopped at all', async () => {
    const long = plan({ steps: 1024, count: 400, length: 12 });
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort();
    }, 100);
    const settings = { signal: abort.signal };
    await expect(run(denoiser, long, settings)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('waits for the one before', async () => {
    const [a, b] = await Promise.all([run(denoiser, plan({ count: 2 })), run(denoiser, plan({ seed: 9 }))]);
    expect(a.traces).toEqual((await run(denoiser, plan({ count: 2 }))).traces);
    expect(b.traces).toEqual((await run(denoiser, plan({ seed: 9 }))).traces);
  });

  it('is refused once the model is closed', async () => {
    const model = await createOnnxDenoiser(runtime, await fixtureCheckpoint('dit-d64/student'));
    model.destroy();
    model.destroy();
    await expect(run(model, plan())).rejects.toMatchObject({ code: 'unknown-model' });
    const logits = model.logits(new Uint32Array(2), { batch: 1, length: 2 });
    await expect(logits).rejects.toThrow('dit-d64/student has been closed.');
  });
});

describe('logits', () => {
  it('are the golden ones, of all rows and of some', async () => {
    const golden = await fixture('dit-d64/golden');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const all = await denoiser.logits(tokens, { batch: 2, length: 24 });
    expect(distance(all, await golden.floats('logits'))).toBeLessThan(2e-5);
    const rows = [47, 0, 25];
    const some = await denoiser.logits(tokens, { batch: 2, length: 24 }, undefined, Uint32Array.from(rows));
    const wanted = rows.flatMap((row) => [...all.subarray(row * 131, (row + 1) * 131)]);
    expect(distance(some, wanted)).toBeLessThan(1e-5);
    const none = await denoiser.logits(tokens, { batch: 2, length: 24 }, undefined, new Uint32Array());
    expect(none).toHaveLength(0);
  });

  it('are the golden ones at the times given, and those of t = 1 without', async () => {
    const model = await createOnnxDenoiser(runtime, timed(await fixtureCheckpoint('dit-d64/student')));
    const golden = await fixture('dit-d64/golden');
    const more = await fixture('dit-d64/golden_more');
    const tokens = Uint32Array.from(await golden.ints('xt'));
    const shape = { batch: 2, length: 24 };
    const logits = await model.logits(tokens, shape, await more.floats('time_t'));
    expect(distance(logits, await more.floats('logits_time_conditioned'))).toBeLessThan(4e-5);
    const atOne = await model.logits(tokens, shape, Float32Array.of(1, 1));
    expect(await model.logits(tokens, shape)).toEqual(atOne);
    model.destroy();
  });

  it.each<[string, number[], [number, number], number[] | undefined, string]>([
    ['tokens', [131, 0], [1, 2], undefined, 'id 131 is not in the vocabulary'],
    ['a count of tokens', [1, 2, 3], [2, 2], undefined, '3 ids for 2 x 2 slots'],
    ['a length', [], [0, 0], undefined, 'length 0'],
    ['rows', [1, 2], [1, 2], [2], 'rows[0] is 2'],
    ['a row', [1, 2], [1, 2], [1, 1], 'rows holds 1 twice'],
  ])(
    'are refused for %s that the model does not have',
    async (_name, tokens, [batch, length], rows, says) => {
      const own = rows && Uint32Array.from(rows);
      const asked = denoiser.logits(Uint32Array.from(tokens), { batch, length }, undefined, own);
      await expect(asked).rejects.toMatchObject({
        code: 'argument',
        message: expect.stringContaining(says) as string,
      });
    },
  );
});

describe('setting a model up', () => {
  it('tells of its progress in bytes, and takes no causal model', async () => {
    const progress: [number, number][] = [];
    const checkpoint = await bundledCheckpoint('student');
    const model = await createOnnxDenoiser(runtime, checkpoint, {
      onProgress: ({ loaded, total }) => progress.push([loaded, total]),
    });
    expect(progress).toEqual([
      [0, checkpoint.bytes],
      [checkpoint.bytes, checkpoint.bytes],
    ]);
    expect([model.backend, model.storage, model.config.name]).toEqual([
      'wasm',
      'f32',
      checkpoint.config.name,
    ]);
    model.destroy();
    const causal = createOnnxDenoiser(runtime, await fixtureCheckpoint('dit-d64/causal'));
    await expect(causal).rejects.toMatchObject({ code: 'argument' });
  });

  it('asks for the threads it is given', async () => {
    const env = { wasm: { ...ort.env.wasm } } as typeof ort.env;
    const model = await createOnnxDenoiser({ ...runtime, env }, await fixtureCheckpoint('dit-d64/student'), {
      threads: 3,
    });
    expect(env.wasm.numThreads).toBe(3);
    model.destroy();
  });
});
