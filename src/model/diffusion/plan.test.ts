import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBits, uniform } from '../../gpu/random.ts';
import { binomialLaw, chiSquareTest } from '../../testing/statistics.ts';
import { UnmaskError } from '../errors.ts';
import {
  ancestralPasses,
  buildInitial,
  firstHittingPasses,
  isFinal,
  makePlan,
  type PlanOptions,
  type SamplePass,
} from './plan.ts';
import { timeGrid, type PositionUniform } from './schedule.ts';

const EPS = 1e-5;
const MASK = 10;
const masked = (length: number) => new Uint32Array(length).fill(MASK);

function options(changes: Partial<PlanOptions> = {}): PlanOptions {
  const length = changes.length ?? 8;
  const defaults: PlanOptions = {
    sampler: 'ancestral',
    steps: 4,
    length,
    maskId: MASK,
    eps: EPS,
    seed: 1,
    count: 3,
    initial: masked(length),
  };
  return { ...defaults, ...changes };
}

describe('makePlan', () => {
  it('unmasks each masked position once, in the step whose window holds its uniform', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 1024 }),
      fc.constantFrom(EPS, 0.3),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (length, steps, eps, seed) => {
        const initial = masked(length).map((id, i) => (i % 3 === 1 ? 4 : id));
        const plan = makePlan(options({ length, steps, eps, seed, initial }));
        const grid = timeGrid(steps, eps);
        for (const { sample, passes } of plan.samples) {
          expect(passes.map(({ step }) => step)).toEqual(
            [...new Set(passes.map(({ step }) => step))].sort((a, b) => a - b),
          );
          expect(passes.flatMap(({ positions }) => positions).sort((a, b) => a - b)).toEqual(
            [...initial.keys()].filter((i) => i % 3 !== 1),
          );
          for (const { step, t, count, positions } of passes) {
            expect(count).toBe(positions.length);
            expect(positions).toEqual(positions.toSorted((a, b) => a - b));
            expect(t).toBe(grid[step - 1]);
            for (const position of positions) {
              const u = uniform(planBits(seed, sample, position));
              expect(u).toBeLessThan(t);
              expect(u).toBeGreaterThanOrEqual(step <= steps ? grid[step] : 0);
            }
          }
        }
      },
    );
    fc.assert(property, { numRuns: 60, seed: 1 });
  });

  it('leaves what is masked at eps to a final pass', () => {
    const uniforms = [0.9, 0.05, 0.1, 0.09].map((u, position) => ({ position, u }));
    // Grid 1, 0.55, 0.1; a uniform on the border belongs to the step that ends there.
    expect(ancestralPasses(uniforms, 2, 0.1)).toEqual([
      { step: 1, t: 1, count: 1, positions: [0] },
      { step: 2, t: expect.closeTo(0.55, 12) as number, count: 1, positions: [2] },
      { step: 3, t: 0.1, count: 2, positions: [1, 3] },
    ]);
  });

  it('counts batched passes and masked slots', () => {
    const plan = makePlan(options({ steps: 1024, length: 6, count: 5 }));
    expect(plan.forwardPasses).toBe(Math.max(...plan.samples.map(({ passes }) => passes.length)));
    expect(plan.forwardPasses).toBeLessThanOrEqual(6);
    expect(plan.maskedSlots).toBe(30);
    expect(plan.samples.map(({ sample }) => sample)).toEqual([0, 1, 2, 3, 4]);
    const nothing = makePlan(options({ initial: new Uint32Array(8).fill(2) }));
    expect([nothing.forwardPasses, nothing.maskedSlots]).toEqual([0, 0]);
    expect(makePlan(options({ steps: 1, count: 1 })).forwardPasses).toBe(1);
  });

  it('draws sample k alike in every batch', () => {
    const whole = makePlan(options({ count: 7 }));
    const part = makePlan(options({ count: 2, firstSample: 3 }));
    expect(part.samples).toEqual(whole.samples.slice(3, 5));
    expect(whole.samples[3].passes).not.toEqual(whole.samples[4].passes);
    expect(makePlan(options({ seed: 2 })).samples).not.toEqual(makePlan(options()).samples);
  });

  it('gives a position its place whatever else is pinned, and whatever the number of steps', () => {
    const order = (passes: SamplePass[]) => passes.flatMap(({ positions }) => positions);
    const many = order(makePlan(options({ steps: 1024 })).samples[0].passes);
    expect(order(makePlan(options({ sampler: 'first-hitting' })).samples[0].passes)).toEqual(many);
    const initial = masked(8).fill(3, 0, 4);
    expect(order(makePlan(options({ steps: 1024, initial })).samples[0].passes)).toEqual(
      many.filter((position) => position >= 4),
    );
  });

  it('unmasks one token per pass at its own time when first-hitting', () => {
    const plan = makePlan(options({ sampler: 'first-hitting', length: 12 }));
    expect([plan.steps, plan.forwardPasses]).toEqual([0, 12]);
    for (const { sample, passes } of plan.samples) {
      expect(passes.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      expect(passes.map(({ t }) => t)).toEqual(passes.map(({ t }) => t).sort((a, b) => b - a));
      for (const { t, positions } of passes) expect(t).toBe(uniform(planBits(1, sample, positions[0])));
    }
  });

  it('takes as many tokens a step by confidence as the ancestral sampler, and names no position', () => {
    const ancestral = makePlan(options({ steps: 6, length: 20, eps: 0.2 }));
    const confident = makePlan(options({ sampler: 'confidence', steps: 6, length: 20, eps: 0.2 }));
    expect(confident).toEqual({
      ...ancestral,
      sampler: 'confidence',
      samples: ancestral.samples.map((sample) => ({
        ...sample,
        passes: sample.passes.map((pass) => ({ ...pass, positions: [] })),
      })),
    });
    const last = confident.samples[0].passes.at(-1)!;
    expect([isFinal(confident, last), isFinal(confident, { ...last, step: 6 })]).toEqual([true, false]);
    expect(() => makePlan(options({ sampler: 'confidence', steps: 0 }))).toThrow(/steps is 0/);
  });

  it('gives every sample a start of its own', () => {
    const plan = makePlan(options());
    plan.samples[0].initial[0] = 5;
    expect(plan.samples[1].initial[0]).toBe(MASK);
  });

  it.each<[Partial<PlanOptions>, RegExp]>([
    [{ steps: 0 }, /steps is 0: give a whole number from 1 to 1024/],
    [{ steps: 1025 }, /steps is 1025/],
    [{ steps: 2.5 }, /steps is 2.5/],
    [{ length: 0, initial: masked(0) }, /length is 0/],
    [{ length: 65537 }, /length is 65537: give a whole number from 1 to 65536/],
    [{ seed: -1 }, /seed is -1/],
    [{ seed: 2 ** 32 }, /seed is 4294967296/],
    [{ seed: NaN }, /seed is NaN/],
    [{ count: 0 }, /count is 0/],
    [{ firstSample: 2 ** 32 - 2 }, /firstSample is 4294967294/],
    [{ maskId: 0 }, /maskId is 0/],
    [{ eps: 0 }, /eps is 0/],
    [{ eps: NaN }, /eps is NaN/],
    [{ initial: masked(7) }, /initial holds 7 tokens: give one for each of the 8 slots/],
    [{ initial: masked(8).fill(11, 3, 4) }, /initial\[3\] is 11, not a token of this model/],
  ])('refuses %o', (changes, message) => {
    const error = (() => {
      try {
        return makePlan(options(changes));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(UnmaskError);
    expect(error).toMatchObject({ code: 'argument', message: expect.stringMatching(message) as string });
  });
});

describe('the law of the plan', () => {
  const LENGTH = 32;
  const SAMPLES = 2000;
  type Draw = (sample: number, position: number) => number;
  const ours: Draw = (sample, position) => uniform(planBits(5, sample, position));
  /** Wrong twins: uniforms squared; one uniform for a whole sample, right on average only. */
  const biased: Draw = (sample, position) => ours(sample, position) ** 2;
  const shared: Draw = (sample) => ours(sample, 0);

  function passesOf(draw: Draw, steps: number): SamplePass[][] {
    return Array.from({ length: SAMPLES }, (_, sample) => {
      const uniforms = Array.from({ length: LENGTH }, (__, position): PositionUniform => ({
        position,
        u: draw(sample, position),
      }));
      return ancestralPasses(uniforms, steps, EPS);
    });
  }

  const countIn = (passes: SamplePass[], step: number) =>
    passes.find((pass) => pass.step === step)?.positions.length ?? 0;

  it('is the law that makePlan draws from', () => {
    const plan = makePlan(options({ seed: 5, steps: 8, length: LENGTH, count: SAMPLES }));
    expect(plan.samples.map(({ passes }) => passes)).toEqual(passesOf(ours, 8));
  });

  /** p-value of the tokens per step, all samples together: every step is alike, the final pass gets eps. */
  function perStep(draw: Draw): number {
    const samples = passesOf(draw, 8);
    const counts = Array.from({ length: 9 }, (_, i) =>
      samples.reduce((sum, passes) => sum + countIn(passes, i + 1), 0),
    );
    return chiSquareTest(counts, [...new Float64Array(8).fill((1 - EPS) / 8), EPS]);
  }

  /** p-value of a step's count over the samples: binomial, as positions are independent. */
  function binomial(draw: Draw, step: number): number {
    const counts = new Float64Array(LENGTH + 1);
    for (const passes of passesOf(draw, 8)) counts[countIn(passes, step)] += 1;
    return chiSquareTest(counts, binomialLaw(LENGTH, (1 - EPS) / 8));
  }

  it('spreads tokens evenly over the steps', () => {
    expect(perStep(ours)).toBeGreaterThan(1e-3);
    expect(perStep(biased)).toBeLessThan(1e-12);
  });

  it.each([1, 5, 8])('has binomial counts in step %d', (step) => {
    expect(binomial(ours, step)).toBeGreaterThan(1e-3);
    expect(binomial(biased, step)).toBeLessThan(1e-12);
    expect(binomial(shared, step)).toBeLessThan(1e-12);
  });

  it('keeps a masked position masked with chance s / t, whatever happened before', () => {
    // Of the positions still masked at t_3 = 5/8, a fifth unmasks in step 4.
    const counts = (draw: Draw) => {
      const samples = passesOf(draw, 8);
      const at = (step: number) => samples.reduce((sum, passes) => sum + countIn(passes, step), 0);
      const before = SAMPLES * LENGTH - at(1) - at(2) - at(3);
      return [at(4), before - at(4)];
    };
    expect(chiSquareTest(counts(ours), [0.2, 0.8])).toBeGreaterThan(1e-3);
    expect(chiSquareTest(counts(biased), [0.2, 0.8])).toBeLessThan(1e-12);
  });

  it('takes 31.5 passes on average for 1024 steps on 32 slots', () => {
    const mean = (draw: Draw) =>
      passesOf(draw, 1024).reduce((sum, passes) => sum + passes.length, 0) / SAMPLES;
    // Non-empty of 1024 steps, in expectation; about 0.48 of variance per sample, so four standard errors are 0.06.
    const expected = 1024 * (1 - (1 - 1 / 1024) ** LENGTH);
    expect(expected).toBeCloseTo(31.5, 1);
    expect(Math.abs(mean(ours) - expected)).toBeLessThan(0.06);
    expect(Math.abs(mean(biased) - expected)).toBeGreaterThan(0.06);
  });

  it('hits first in every order alike', () => {
    const orders = (draw: Draw) => {
      const counts = new Float64Array(6);
      for (let sample = 0; sample < SAMPLES; sample++) {
        const uniforms = [0, 1, 2].map((position) => ({ position, u: draw(sample, position) }));
        const [a, b, c] = firstHittingPasses(uniforms).map(({ positions }) => positions[0]);
        counts[2 * a + (b > c ? 1 : 0)] += 1;
      }
      return chiSquareTest(counts, new Float64Array(6).fill(1 / 6));
    };
    expect(orders(ours)).toBeGreaterThan(1e-3);
    expect(orders((sample, position) => ours(sample, position) ** (1 + position / 4))).toBeLessThan(1e-9);
  });
});

describe('buildInitial', () => {
  it('puts BOS, prompt and pins in their slots', () => {
    expect([...buildInitial({ length: 6, maskId: 9, bos: 0, prompt: [4, 5], pinned: { 5: 7 } })]).toEqual([
      0, 4, 5, 9, 9, 7,
    ]);
    expect([...buildInitial({ length: 2, maskId: 9, prompt: [4] })]).toEqual([4, 9]);
    expect([...buildInitial({ length: 2, maskId: 9 })]).toEqual([9, 9]);
    expect([...buildInitial({ length: 2, maskId: 9, bos: 1, prompt: [3] })]).toEqual([1, 3]);
  });

  it.each<[Omit<Parameters<typeof buildInitial>[0], 'maskId'>, RegExp]>([
    [{ length: 2, prompt: [1, 2, 3] }, /The prompt takes 3 slots of 2: shorten it or raise length/],
    [{ length: 2, bos: 0, prompt: [1, 2] }, /The prompt, with its BOS, takes 3 slots of 2/],
    [{ length: 4, prompt: [1, 9] }, /position 1 of the prompt is 9, the mask token/],
    [{ length: 4, prompt: [1.5] }, /position 0 of the prompt is 1.5, not a token of this model/],
    [{ length: 4, pinned: { 4: 1 } }, /pinned at position 4: positions go from 0 to 3/],
    [{ length: 4, pinned: { [-1]: 1 } }, /pinned at position -1/],
    [{ length: 4, bos: 0, prompt: [1], pinned: { 1: 2 } }, /position 1, which the prompt already holds/],
    [{ length: 4, pinned: { 2: 9 } }, /pinned at position 2 is 9, the mask token: give an id from 0 to 8/],
    [{ length: 4, pinned: { 2: 10 } }, /pinned at position 2 is 10, not a token of this model/],
    [{ length: 0 }, /length is 0/],
  ])('refuses %o', (o, message) => {
    expect(() => buildInitial({ ...o, maskId: 9 })).toThrow(UnmaskError);
    expect(() => buildInitial({ ...o, maskId: 9 })).toThrow(message);
  });
});

describe('the plan of a causal model', () => {
  const behind = (given: number[], length = 8) => {
    const initial = masked(length);
    initial.set(given);
    return { sampler: 'autoregressive', length, initial } as const;
  };

  it('takes one position a pass, from left to right, whatever the seed and the steps', () => {
    const plan = makePlan(options(behind([1, 2, 3])));
    expect(plan).toMatchObject({ steps: 0, forwardPasses: 5, maskedSlots: 15 });
    for (const { passes } of plan.samples) {
      expect(passes.map(({ step, positions, count }) => [step, positions, count])).toEqual(
        [3, 4, 5, 6, 7].map((position, i) => [i + 1, [position], 1]),
      );
      expect(passes.map(({ t }) => t)).toEqual(
        [1, 0.8, 0.6, 0.4, 0.2].map((t) => expect.closeTo(t, 12) as number),
      );
      expect(passes.some((pass) => isFinal(plan, pass))).toBe(false);
    }
    const other = makePlan(options({ ...behind([1, 2, 3]), seed: 99, steps: 0 }));
    expect(other.samples[0].passes).toEqual(plan.samples[0].passes);
  });

  it('has nothing to do where everything is given', () => {
    expect(makePlan(options(behind([1, 2], 2))).forwardPasses).toBe(0);
  });

  it.each([
    [{ sampler: 'autoregressive', initial: masked(8) } as const, /needs a token to begin with: give its BOS/],
    [behind([1, MASK, 2]), /given at position 2, behind ones that are to be written/],
  ])('refuses what it cannot go on from', (changes, message) => {
    expect(() => makePlan(options(changes))).toThrow(message);
    // Masked diffusion takes either.
    expect(() => makePlan(options({ ...changes, sampler: 'ancestral' }))).not.toThrow();
  });
});
