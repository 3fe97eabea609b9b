import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTest } from '../../testing/statistics.ts';
import type { DiffusionSampler } from '../../trace/trace.ts';
import { makePlan, type PlanOptions, type SamplePass } from './plan.ts';
import { planUniform, timeBelow, type RunStart } from './rest.ts';
import { timeGrid } from './schedule.ts';

const EPS = 1e-5;
const MASK = 10;
const SAMPLERS = ['ancestral', 'first-hitting', 'confidence'] as const;

interface Case {
  length: number;
  steps: number;
  seed: number;
  sampler: DiffusionSampler;
  eps: number;
  /** How many of the passes are behind x_t: share of all. */
  share: number;
}

const cases = fc.record({
  length: fc.integer({ min: 2, max: 40 }),
  steps: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(127, 1023, 1024)),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  sampler: fc.constantFrom(...SAMPLERS),
  eps: fc.constantFrom(EPS, 0.3),
  share: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

/** Every fourth slot is given, in texts long enough. */
const start = (length: number) =>
  new Uint32Array(length).map((_, i) => (i % 4 === 1 && length > 2 ? 3 : MASK));
const GIVEN = (length: number) => [...start(length).keys()].filter((i) => start(length)[i] !== MASK);

const options = ({ length, steps, seed, sampler, eps }: Omit<Case, 'share'>): PlanOptions => ({
  ...{ sampler, steps, length, maskId: MASK, eps, seed, count: 1, firstSample: 2, initial: start(length) },
});

/**
 * A run of a plan up to a moment: where the plan leaves slots to the model, those of the highest numbers come first.
 */
function upTo(
  o: PlanOptions,
  share: number,
): { whole: SamplePass[]; done: number; from: RunStart; xt: Uint32Array } {
  const whole = makePlan(o).samples[0].passes;
  // Behind the last step there is nothing but the final pass.
  const most = whole.filter(({ step }) => o.sampler === 'first-hitting' || step < o.steps).length;
  const done = Math.min(most, Math.floor(share * whole.length));
  const last = whole.at(done - 1);
  const xt = o.initial.slice();
  for (const { positions, count } of whole.slice(0, done)) {
    const chosen =
      o.sampler === 'confidence' ? [...xt.keys()].filter((p) => xt[p] === MASK).slice(-count) : positions;
    for (const position of chosen) xt[position] = 7;
  }
  const from = done === 0 ? { step: 0 } : { step: last!.step, t: last!.t };
  return { whole, done, xt, from: { ...from, given: GIVEN(o.length) } };
}

describe('the rest of a run', () => {
  it('is that of the whole run where nothing is changed, for every sampler', () => {
    fc.assert(
      fc.property(cases, ({ share, ...c }) => {
        const o = options(c);
        const { whole, done, xt, from } = upTo(o, share);
        const rest = makePlan({ ...o, initial: xt, from });
        expect(rest.samples[0].passes).toEqual(whole.slice(done));
        expect([rest.from, rest.steps]).toEqual([from.step, makePlan(o).steps]);
        // Its noise goes on where that of the whole run was.
        expect(rest.samples[0].earlier).toBe(c.sampler === 'confidence' ? done : undefined);
        // The time of first-hitting is known without a trace.
        const { t: _, ...untimed } = from;
        expect(makePlan({ ...o, initial: xt, from: untimed }).samples).toEqual(rest.samples);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('brings what is masked again in later steps, each slot once, and nobody else at another time', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 40 }), ({ share, ...c }, again) => {
        const o = options(c);
        const { whole, done, xt, from } = upTo(o, share);
        const written = [...xt.keys()].filter((p) => xt[p] === 7).slice(0, again);
        for (const position of written) xt[position] = MASK;
        const { passes } = makePlan({ ...o, initial: xt, from }).samples[0];
        const masked = [...xt.keys()].filter((p) => xt[p] === MASK);
        expect(passes.reduce((sum, { count }) => sum + count, 0)).toBe(masked.length);
        const steps = passes.map(({ step }) => step);
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        expect(Math.min(...steps)).toBeGreaterThan(from.step);
        if (c.sampler === 'confidence') {
          for (const { step, count } of whole.slice(done)) {
            expect(passes.find((pass) => pass.step === step)?.count).toBeGreaterThanOrEqual(count);
          }
          return;
        }
        expect(passes.flatMap(({ positions }) => positions).sort((a, b) => a - b)).toEqual(masked);
        // Times of first-hitting are those of slots.
        const when = (of: SamplePass[]) =>
          of
            .flatMap(({ t, positions }) => positions.map((p) => [p, t] as const))
            .filter(([p]) => !written.includes(p));
        const byPosition = (of: SamplePass[]) => when(of).sort(([a], [b]) => a - b);
        expect(byPosition(passes)).toEqual(byPosition(whole.slice(done)));
        if (c.sampler === 'first-hitting' && done > 0) expect(passes[0].t).toBeLessThan(from.t!);
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  it('has the times of the first time when it is taken up again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.double({ min: 1e-3, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (position, t, share) => {
          const first = timeBelow(t, 5, 0, position);
          expect(first).toBeLessThan(t);
          expect(first).toBeGreaterThan(0);
          const later = timeBelow(t * share, 5, 0, position);
          if (first < t * share) expect(later).toBe(first);
          else expect(later).toBeLessThan(t * share);
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });

  it('refuses a step that the run does not have, and who has none', () => {
    const o = options({ length: 8, steps: 4, seed: 1, sampler: 'ancestral', eps: EPS });
    const plan = (changes: Partial<PlanOptions>) => () => makePlan({ ...o, ...changes });
    expect(plan({ from: { step: 4 } })).toThrow(/from\.step is 4: give a whole number from 0 to 3/);
    expect(plan({ from: { step: 8 }, sampler: 'first-hitting' })).toThrow(/from\.step is 8: .* 0 to 7/);
    expect(plan({ from: { step: 6, given: [1, 5] }, sampler: 'first-hitting' })).toThrow(/0 to 5/);
    expect(plan({ from: { step: 1 }, sampler: 'confidence', count: 2 })).toThrow(/count is 2: .* 1 to 1/);
    expect(
      plan({ from: { step: 0 }, sampler: 'autoregressive', initial: new Uint32Array(8).fill(1) }),
    ).toThrow(/^from is given, but an autoregressive model/);
  });
});

describe('the law of the rest', () => {
  const [STEPS, STEP, LENGTH, SAMPLES] = [8, 4, 32, 1500];
  const grid = timeGrid(STEPS, EPS);
  const stepOf = (u: number) => (u < EPS ? STEPS + 1 : grid.findIndex((t, k) => k > 0 && u >= t));
  type Time = (t: number, seed: number, sample: number, position: number) => number;
  /** Wrong twins: what maps [t, 1) to (0, t) in its order, and uniforms drawn over from the start. */
  const inOrder: Time = (t, ...address) => {
    const u = planUniform(...address);
    return u < t ? u : (t * (u - t)) / (1 - t);
  };
  const fromTheStart: Time = (t, ...address) => timeBelow(t, ...address) / t;

  /** Slots by the step in which they came at first, and the step in which they come again: p-value of the latter. */
  function test(time: Time, cameIn: (step: number) => boolean): number {
    const counts = new Float64Array(STEPS - STEP + 1);
    for (let i = 0; i < SAMPLES * LENGTH; i++) {
      const address = [9, Math.floor(i / LENGTH), i % LENGTH] as const;
      if (!cameIn(stepOf(planUniform(...address)))) continue;
      counts[Math.max(0, stepOf(time(grid[STEP], ...address)) - STEP - 1)] += 1;
    }
    const each = (grid[STEP] - EPS) / grid[STEP] / (STEPS - STEP);
    return chiSquareTest(counts, [...new Float64Array(STEPS - STEP).fill(each), EPS / grid[STEP]]);
  }

  it.each<[string, (step: number) => boolean]>([
    ['that nobody touched', (step) => step > STEP],
    ['that came in any step before', (step) => step <= STEP],
    ['that came last', (step) => step === STEP],
    ['that came first', (step) => step === 1],
    ['all', () => true],
  ])('brings slots %s evenly over the steps that are left', (_name, cameIn) => {
    expect(test(timeBelow, cameIn)).toBeGreaterThan(1e-3);
    expect(test(fromTheStart, cameIn)).toBeLessThan(1e-12);
  });

  it('would not, for slots chosen by when they came, were their order kept', () => {
    expect(test(inOrder, (step) => step <= STEP)).toBeGreaterThan(1e-3);
    expect(test(inOrder, (step) => step === STEP)).toBeLessThan(1e-12);
    expect(test(inOrder, (step) => step === 1)).toBeLessThan(1e-12);
  });
});
