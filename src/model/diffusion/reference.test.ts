import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../../fixtures/load.ts';
import { drawToken, tokenProbabilities } from '../../gpu/kernels/sample/sample.reference.ts';
import { byConfidence } from '../../gpu/kernels/select/select.reference.ts';
import { planBits, uniform } from '../../gpu/random.ts';
import { chiSquareTest } from '../../testing/statistics.ts';
import {
  analyticReverse,
  ancestralReverse,
  confidenceLaw,
  confidencePass,
  denoise,
  releasedDraw,
  subsLogProbs,
  textKey,
  type ProposalOrder,
} from './reference.ts';

/** Largest absolute difference, after exp where `map` says so. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>, map = (x: number) => x): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(map(a[i]) - map(b[i])));
  return largest;
}

const golden = await fixture('dit-d64/golden');
const [batch, length, vocabulary] = golden.shape('logits');
const maskId = vocabulary - 1;

/** One sample of the golden batch. */
async function goldenSample(index: number) {
  const rows = async (name: string) =>
    (await golden.floats(name)).subarray(index * length * vocabulary, (index + 1) * length * vocabulary);
  const ints = async (name: string) =>
    (await golden.ints(name)).subarray(index * length, (index + 1) * length);
  const t = (await golden.floats('step_t'))[index];
  return { rows, ints, t, s: t - (await golden.floats('step_dt'))[0], tokens: await ints('xt') };
}

describe.each(Array.from({ length: batch }, (_, i) => i))('the released code, sample %d', (index) => {
  it('SUBS log-probabilities', async () => {
    const { rows, tokens } = await goldenSample(index);
    const logProbs = subsLogProbs(await rows('logits'), tokens, maskId);
    const expected = await rows('log_probs_subs');
    // The released code writes -1e6 where we write -Infinity; both are a chance of 0.
    expect(distance(logProbs, expected, Math.exp)).toBeLessThan(1e-6);
    const finite = [...logProbs.keys()].filter((i) => logProbs[i] > -Infinity);
    expect(finite.length).toBeGreaterThan(length * 60);
    expect(
      distance(
        finite.map((i) => logProbs[i]),
        finite.map((i) => expected[i]),
      ),
    ).toBeLessThan(2e-6);
  });

  it('ancestral step: probabilities and the tokens drawn', async () => {
    const { rows, ints, tokens, t, s } = await goldenSample(index);
    const q = ancestralReverse(subsLogProbs(await rows('logits'), tokens, maskId), maskId, t, s);
    expect(distance(q, await rows('ancestral_q_xs'))).toBeLessThan(2e-7);
    const uniforms = await rows('ancestral_uniform');
    expect([...releasedDraw(q, uniforms, tokens, maskId)]).toEqual([...(await ints('ancestral_next'))]);
  });

  it('analytic step: probabilities and the tokens drawn', async () => {
    const { rows, ints, tokens, t, s } = await goldenSample(index);
    const logProbs = subsLogProbs(await rows('logits'), tokens, maskId);
    const probabilities = analyticReverse(logProbs, tokens, maskId, t, s);
    expect(distance(probabilities, await rows('analytic_probs'))).toBeLessThan(1e-6);
    const uniforms = await rows('analytic_uniform');
    expect([...releasedDraw(probabilities, uniforms, tokens, maskId)]).toEqual([
      ...(await ints('analytic_next')),
    ]);
  });

  it('final denoising', async () => {
    const { rows, ints, tokens } = await goldenSample(index);
    expect([...denoise(await rows('logits'), tokens, maskId)]).toEqual([...(await ints('denoise_next'))]);
  });
});

describe('reverse steps', () => {
  const logits = [2, -1, 0.5, 30, 0, 0, 0, -30];
  const tokens = [3, 1];

  it('have one law: analytic under SUBS is ancestral', () => {
    const logProbs = subsLogProbs(logits, tokens, 3);
    const property = fc.property(
      fc.double({ min: 1e-3, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (t, ratio) => {
        const s = ratio * t;
        const ancestral = ancestralReverse(logProbs, 3, t, s).subarray(0, 4);
        const mass = ancestral.reduce((sum, q) => sum + q, 0);
        const analytic = analyticReverse(logProbs, tokens, 3, t, s).subarray(0, 4);
        expect(
          distance(
            ancestral.map((q) => q / mass),
            analytic,
          ),
        ).toBeLessThan(1e-10);
        expect(analytic[3]).toBeCloseTo(ratio, 9);
      },
    );
    fc.assert(property, { numRuns: 200, seed: 1 });
  });

  it('keep unmasked positions', () => {
    const logProbs = subsLogProbs(logits, tokens, 3);
    expect([...logProbs.subarray(4)]).toEqual([-Infinity, 0, -Infinity, -Infinity]);
    expect([...analyticReverse(logProbs, tokens, 3, 0.5, 0.25).subarray(4)]).toEqual([0, 1, 0, 0]);
    expect([...denoise(logits, tokens, 3)]).toEqual([0, 1]);
    const uniforms = new Float64Array(8).fill(0.5);
    expect([...releasedDraw(ancestralReverse(logProbs, 3, 0.5, 0), uniforms, tokens, 3)]).toEqual([0, 1]);
  });

  it('draw in float32, as released', () => {
    // In float32 1 - 2^-24 + 1e-10 rounds back, and the first score is 1.4414 against 1.4427; in float64 it is 1.4438.
    expect([...releasedDraw([8.6057e-8, 1, 0], [1 - 2 ** -24, 0.5, 0.5], [2], 2)]).toEqual([1]);
  });

  it('end the released noise at 16.64: no luck draws a rare token in a small step', () => {
    const q = ancestralReverse(
      Float64Array.of(Math.log(1 - 1e-6), Math.log(1e-6), -Infinity),
      2,
      1,
      1023 / 1024,
    );
    // The best of float32 uniforms for the rare token, the worst for the rest; its chance should be 1e-6 / 1024.
    expect([...releasedDraw(q, [0, 1 - 2 ** -24, 0], [2], 2)]).toEqual([2]);
    const largest = -Math.log(-Math.log(1 - 2 ** -24));
    expect(largest).toBeCloseTo(16.64, 2);
  });

  it('make rare tokens all but vanish by their float32 noise, in steps of 1 / 64', () => {
    // A thousand tokens of chance 1e-6 each; drawn exactly, one of them comes in a step of 1000.
    const [RARE, CHANCE, DRAWS] = [1000, 1e-6, 20_000];
    const law = [1 - RARE * CHANCE, RARE * CHANCE];
    const bits = (stream: number, k: number) => planBits(stream, k >> 10, k & 1023);
    const step = 1 / 64;
    // Rare tokens are alike, so the one with the largest uniform stands for all; it is drawn by inverting its law.
    const q = [law[0] * step, CHANCE * step, 1 - step];
    const counts = [0, 0];
    for (let k = 0; counts[0] + counts[1] < DRAWS; k++) {
      const best = Math.floor(2 ** 24 * uniform(bits(2, k)) ** (1 / RARE));
      const uniforms = [bits(1, k) >>> 8, best, bits(3, k) >>> 8].map((u) => u * 2 ** -24);
      const [token] = releasedDraw(q, uniforms, [2], 2);
      if (token !== 2) counts[token] += 1;
    }
    expect(chiSquareTest(counts, law)).toBeLessThan(1e-3);
  });
});

describe('the confidence sampler', () => {
  const MASK = 3;
  const START = [MASK, 1, MASK, MASK];
  /** A model of three tokens; positions 2 and 3 have one law, so that their chances tie. */
  const law = (tokens: readonly number[], position: number): Float64Array => {
    const context = tokens.reduce((sum, token, i) => sum + (token + 1) * (i + 2), 0);
    const logits = [0, 1, 2, 9].map((v) => 1.5 * Math.sin(context + 3 * v + Math.min(position, 2)));
    return tokenProbabilities(logits, MASK, 1, 1);
  };
  const lowestFirst: ProposalOrder = (proposals) => byConfidence(proposals).reverse();

  it('takes the surest proposals, of equal ones the lower position', () => {
    const chances = [Float64Array.of(0.5, 0.5), Float64Array.of(0.4, 0.6), Float64Array.of(0.4, 0.6)];
    const take = (count: number) =>
      confidencePass(
        [2, 2, 2],
        2,
        count,
        (position) => chances[position],
        () => 1,
      );
    expect(take(1)).toEqual([{ position: 1, token: 1, probability: 0.6 }]);
    expect(take(2).map(({ position }) => position)).toEqual([1, 2]);
    expect(take(3).map(({ position }) => position)).toEqual([0, 1, 2]);
  });

  it('has the law of independent draws when all are taken at once', () => {
    const exact = confidenceLaw(START, MASK, [3], law);
    expect(exact.size).toBe(27);
    const product = [0, 2, 3].reduce((chance, position) => chance * law(START, position)[2], 1);
    expect(exact.get('2,1,2,2')).toBeCloseTo(product, 12);
  });

  it('has a law that can be worked out by hand', () => {
    // Two positions, chances 0.75 and 0.25: one draw of each pair is taken, then the other position draws anew.
    const two = Float64Array.of(0.75, 0.25, 0);
    const exact = confidenceLaw([2, 2], 2, [1, 1], () => two);
    // Position 0 takes 0 with chance 3/4; else position 1 takes 0 with chance 3/16, or position 0 takes 1 with chance 1/16.
    expect(exact.get('0,0')).toBeCloseTo(0.75 * 0.75 + (3 / 16) * 0.75, 12);
    expect(exact.get('1,0')).toBeCloseTo((3 / 16) * 0.25 + (1 / 16) * 0.75, 12);
    expect([...exact.values()].reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
  });

  /** p-value of sampled texts under an exact law. */
  function fit(
    counts: readonly number[],
    twin: { order?: ProposalOrder; stale?: boolean } = {},
    exact = confidenceLaw(START, MASK, counts, law),
  ): number {
    const keys = [...exact.keys()];
    const observed = new Float64Array(keys.length);
    for (let sample = 0; sample < 20_000; sample++) {
      const tokens = [...START];
      counts.forEach((count, pass) => {
        const draw = twin.stale ? 0 : pass;
        const taken = confidencePass(
          tokens,
          MASK,
          count,
          (position) => law(tokens, position),
          (chances, position) => drawToken(chances, { seed: 17, sample, position, draw }),
          twin.order,
        );
        for (const { position, token } of taken) tokens[position] = token;
      });
      observed[keys.indexOf(textKey(tokens))] += 1;
    }
    return chiSquareTest(
      observed,
      keys.map((key) => exact.get(key)!),
    );
  }

  it.each([[[1, 1, 1]], [[1, 2]], [[2, 1]]])('writes by its exact law when it takes %j', (counts) => {
    expect(fit(counts)).toBeGreaterThan(1e-3);
    // Wrong twins: the same noise in every pass, and the least sure first.
    expect(fit(counts, { stale: true })).toBeLessThan(1e-12);
    expect(fit(counts, { order: lowestFirst })).toBeLessThan(1e-12);
  });
});
