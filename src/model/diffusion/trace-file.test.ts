import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawToken, entropyOf, tokenProbabilities } from '../../gpu/kernels/sample/sample.reference.ts';
import { normals } from '../../gpu/checks/numbers.ts';
import { readTraceFile, writeTraceFile } from '../../trace/file.ts';
import type { DiffusionSampler, Trace } from '../../trace/trace.ts';
import { buildInitial, makePlan } from './plan.ts';
import { confidencePass } from './reference.ts';

const maskId = 12;

interface Asked {
  sampler: DiffusionSampler;
  steps: number;
  length: number;
  seed: number;
  count: number;
}

/** Texts by the reference sampler, of a model whose laws depend on nothing but the position and the seed. */
function sampled(asked: Asked): Trace[] {
  const { sampler, length, seed } = asked;
  const initial = buildInitial({ length, maskId, bos: 0 });
  const plan = makePlan({ ...asked, maskId, eps: 1e-3, initial });
  const logits = normals(seed, length * (maskId + 1));
  const law = (position: number): Float64Array =>
    tokenProbabilities(logits.slice(position * (maskId + 1)), maskId, 0.8, 0.9);
  return plan.samples.map(({ sample, passes }) => {
    const tokens = [...initial];
    const trace = passes.map(({ step, t, count, positions: planned }, draw) => {
      const drawAt = (chances: Float64Array, position: number): number =>
        drawToken(chances, { seed, sample, position, draw });
      const positions =
        sampler === 'confidence'
          ? confidencePass(tokens, maskId, count, law, drawAt).map(({ position }) => position)
          : planned;
      const drawn = positions.map((position) => drawAt(law(position), position));
      positions.forEach((position, i) => (tokens[position] = drawn[i]));
      return {
        ...{ step, t, positions, tokens: drawn },
        probabilities: positions.map((position, i) => law(position)[drawn[i]]),
        entropies: positions.map((position) => Math.max(0, entropyOf(law(position)))),
      };
    });
    return {
      ...{ version: 1, model: 'm', sampler, steps: plan.steps, forwardPasses: passes.length, seed, sample },
      ...{ temperature: 0.8, topP: 0.9, maskId, initial: [...initial], trace },
    };
  });
}

it('any run of the reference sampler is the same after a file', () => {
  const asked: fc.Arbitrary<Asked> = fc.record({
    sampler: fc.constantFrom<DiffusionSampler>('ancestral', 'first-hitting', 'confidence'),
    steps: fc.integer({ min: 1, max: 1024 }),
    length: fc.integer({ min: 2, max: 20 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    count: fc.integer({ min: 1, max: 3 }),
  });
  const property = fc.property(asked, ({ length, ...o }) => {
    const traces = sampled({ length, ...o });
    const settings = {
      ...{ model: 'm', ...o, temperature: 0.8, topP: 0.9, slots: length - 1 },
      ...{ prompt: '', bos: true, pins: {} },
    };
    const file = { version: 1 as const, origin: 'live' as const, settings, beginnings: 1 as const, traces };
    expect(readTraceFile(writeTraceFile(file))).toEqual({ file });
  });
  fc.assert(property, { numRuns: 100 });
});
