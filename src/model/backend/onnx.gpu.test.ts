import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundledCheckpoint, fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import type { Gpu } from '../../gpu/device.ts';
import { openTestGpu } from '../../gpu/testing.ts';
import type { TraceStep } from '../../trace/trace.ts';
import { TokenDraw } from '../diffusion/draw.ts';
import { makePlan } from '../diffusion/plan.ts';
import { distance, runtime } from '../onnx/testing.ts';
import type { Denoiser } from './denoiser.ts';
import { createOnnxDenoiser } from './onnx.ts';
import { createOnnxCausal } from './onnx-causal.ts';
import { plan, run } from './run.testing.ts';
import { createWebGpuDenoiser } from './webgpu.ts';

const MASK_ID = 4096;

let gpu: Gpu;
/** The bundled student on our kernels and on onnxruntime. */
let student: [Denoiser, Denoiser];

beforeAll(async () => {
  gpu = await openTestGpu();
  student = await both('student');
});
afterAll(() => {
  for (const model of student) model.destroy();
  gpu.destroy();
});

/** A bundled model on our kernels and on onnxruntime. */
async function both(id: 'teacher' | 'student'): Promise<[Denoiser, Denoiser]> {
  const checkpoint = await bundledCheckpoint(id);
  return [await createWebGpuDenoiser(gpu, checkpoint), await createOnnxDenoiser(runtime, checkpoint)];
}

/** A text in the making: BOS and some tokens of a golden text, the rest masked. */
async function textOf(length: number): Promise<Uint32Array<ArrayBuffer>> {
  const x0 = await (await fixture('bundled')).ints('x0');
  return Uint32Array.from(x0.subarray(0, length), (token, i) => (i === 0 || i % 5 === 3 ? token : MASK_ID));
}

describe('our kernels and onnxruntime', () => {
  it.each(['teacher', 'student'] as const)('agree on the logits of the bundled %s', async (id) => {
    const [ours, theirs] = id === 'student' ? student : await both(id);
    const tokens = Uint32Array.from(await (await fixture('bundled')).ints('xt'));
    const shape = { batch: 2, length: 32 };
    const wanted = await theirs.logits(tokens, shape);
    expect(distance(await ours.logits(tokens, shape), wanted)).toBeLessThan(1e-3);
    // A text that nothing is known of, and rows out of order.
    const masked = new Uint32Array(48).fill(MASK_ID);
    const rows = Uint32Array.of(40, 0, 17);
    const ask = (model: Denoiser) => model.logits(masked, { batch: 1, length: 48 }, undefined, rows);
    expect(distance(await ask(ours), await ask(theirs))).toBeLessThan(1e-3);
  });

  it('agree on the bundled causal model: logits, likelihoods, attention, features, and what it writes', async () => {
    const checkpoint = await bundledCheckpoint('causal');
    const ours = await createWebGpuDenoiser(gpu, checkpoint);
    const theirs = await createOnnxCausal(runtime, checkpoint);
    const tokens = Uint32Array.from(await (await fixture('bundled')).ints('x0'));
    const shape = { batch: 2, length: 32 };
    const wanted = await theirs.logits(tokens, shape);
    expect(distance(await ours.logits(tokens, shape), wanted)).toBeLessThan(1e-3);
    expect(distance(await ours.score(tokens, shape), await theirs.score(tokens, shape))).toBeLessThan(1e-3);
    const at = { layer: 3, head: 2 };
    const weights = await ours.attention(tokens.subarray(0, 32), at);
    expect(distance(weights, await theirs.attention(tokens.subarray(0, 32), at))).toBeLessThan(1e-4);
    const features = await ours.features(tokens, shape);
    expect(distance(features, await theirs.features(tokens, shape))).toBeLessThan(1e-3);
    const initial = new Uint32Array(24).fill(MASK_ID);
    initial.set(tokens.subarray(0, 5));
    const plan = makePlan({
      ...{ sampler: 'autoregressive', steps: 1, length: 24, maskId: MASK_ID, eps: 1e-5 },
      ...{ seed: 5, count: 2, initial },
    });
    const settings = { temperature: 0.9, topP: 0.95 };
    const [a, b] = [await run(ours, plan, settings), await run(theirs, plan, settings)];
    expect(a.tokens).toEqual(b.tokens);
    const chances = (traces: TraceStep[][]) => traces.flat().flatMap(({ probabilities }) => probabilities);
    expect(distance(chances(a.traces), chances(b.traces))).toBeLessThan(1e-4);
    for (const model of [ours, theirs]) model.destroy();
  });

  it.each([33, 128])('agree on what the heads of the bundled student read, in %d tokens', async (length) => {
    const [ours, theirs] = student;
    const { blocks, heads } = ours.config;
    const x0 = await (await fixture('bundled')).ints('x0');
    // Some tokens of the golden texts, again and again; every third one is masked.
    const tokens = Uint32Array.from({ length }, (_, i) => (i % 3 === 2 ? MASK_ID : x0[i % x0.length]));
    const layers = length > 33 ? [blocks - 1] : [...Array(blocks).keys()];
    for (const layer of layers) {
      const at = { layer, head: layer % heads };
      const wanted = await theirs.attention(tokens, at);
      expect(distance(await ours.attention(tokens, at), wanted), `layer ${layer}`).toBeLessThan(1e-4);
      const other = await theirs.attention(tokens, { layer, head: (layer + 1) % heads });
      expect(distance(other, wanted)).toBeGreaterThan(0.1);
    }
  });

  it('decide the same on 10,000 draws of the bundled student, but for one in a thousand', async () => {
    const [ours, theirs] = student;
    const initial = (await textOf(32)).slice(0, 26);
    const masked = [...initial.keys()].filter((position) => initial[position] === MASK_ID).slice(0, 20);
    const rows = Uint32Array.from(masked);
    const ask = (model: Denoiser) => model.logits(initial, { batch: 1, length: 26 }, undefined, rows);
    const [a, b] = [await ask(ours), await ask(theirs)];
    expect(masked).toHaveLength(20);
    let [drawn, equal] = [0, 0];
    const draw = new TokenDraw(MASK_ID);
    for (const [i, position] of masked.entries()) {
      const own = (logits: Float32Array) => logits.subarray(i * (MASK_ID + 1), (i + 1) * (MASK_ID + 1));
      for (let sample = 0; sample < 500; sample++) {
        const address = { seed: 11, sample, position };
        if (draw.draw(own(a), 1, 1, address).token === draw.draw(own(b), 1, 1, address).token) equal += 1;
        drawn += 1;
      }
    }
    expect(drawn).toBe(10_000);
    expect(equal).toBeGreaterThanOrEqual(9990);
  });

  it('draw the same token where each draws itself, in 10,000 draws but for one in a thousand', async () => {
    const checkpoint = await fixtureCheckpoint('dit-d64/student');
    const ours = await createWebGpuDenoiser(gpu, checkpoint);
    const theirs = await createOnnxDenoiser(runtime, checkpoint);
    // One step, in which all positions unmask: every draw is from the law of the same text.
    const p = plan({ steps: 1, count: 1000, given: { 0: 5, 7: 129 }, seed: 17, eps: 1e-12 });
    const a = (await run(ours, p)).traces.flat();
    const b = (await run(theirs, p)).traces.flat();
    const tokens = (steps: TraceStep[]) => steps.flatMap((step) => step.tokens);
    const [mine, other] = [tokens(a), tokens(b)];
    const same = (shift: number) =>
      mine.filter((token, i) => token === other[(i + shift) % mine.length]).length;
    expect(mine).toHaveLength(10_000);
    expect(same(0)).toBeGreaterThanOrEqual(9990);
    // Noise of the next sample is other noise: the count can tell.
    expect(same(10)).toBeLessThan(5000);
    ours.destroy();
    theirs.destroy();
  });

  it.each(['ancestral', 'first-hitting', 'confidence'] as const)(
    'write the same text by %s',
    async (sampler) => {
      const [ours, theirs] = student;
      const initial = (await textOf(32)).slice(0, 16);
      const p = makePlan({
        sampler,
        steps: 4,
        length: 16,
        maskId: MASK_ID,
        eps: 1e-5,
        seed: 5,
        count: 2,
        initial,
      });
      const settings = { temperature: 0.9, topP: 0.95 };
      const [a, b] = [await run(ours, p, settings), await run(theirs, p, settings)];
      expect(a.tokens).toEqual(b.tokens);
      expect(a.cost.forwardPasses).toBe(b.cost.forwardPasses);
      for (const [k, trace] of a.traces.entries()) {
        for (const [i, step] of trace.entries()) {
          const other = b.traces[k][i];
          expect(step.positions).toEqual(other.positions);
          expect(distance(step.probabilities, other.probabilities)).toBeLessThan(1e-4);
          expect(distance(step.entropies, other.entropies)).toBeLessThan(1e-3);
        }
      }
    },
  );
});
