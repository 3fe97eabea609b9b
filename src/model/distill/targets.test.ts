import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import { drawToken } from '../../gpu/kernels/sample/sample.reference.ts';
import { corruptionBits, uniform } from '../../gpu/random.ts';
import { chiSquareTest } from '../../testing/statistics.ts';
import { loadReference, referenceLogits } from '../network/forward.reference.ts';
import { NO_SLOT, type UpdateBatch } from './corruption.ts';
import { recordedDraw, referenceTargets } from './targets.reference.ts';
import { subSteps, unmaskingStep, updatePlan, type SubStep, type SubStepOptions } from './targets.ts';

const MASK = 10;
const EPS = 1e-5;
const steps = (changes: Partial<SubStepOptions> = {}): SubStepOptions => ({
  ...{ dt: 1 / 16, m: 2, times: 'paper', eps: EPS },
  ...changes,
});
const batch = (texts: number, length: number, changes: Partial<UpdateBatch> = {}): UpdateBatch => ({
  tokens: Uint32Array.from({ length: texts * length }, (_, i) => i % MASK),
  ...{ length, maskId: MASK, seed: 3, firstSample: 0 },
  ...changes,
});

describe('times of the sub-steps', () => {
  it('follow algorithm 1', () => {
    const [first, second] = subSteps(0.75, steps());
    expect(first).toEqual({ t: 0.75, s: 0.6875, stay: 0.6875 / 0.75 });
    expect(second).toEqual({ t: 0.6875, s: 0.625, stay: 0.625 / 0.6875 });
    // What would go below 0 ends there, and what begins there has nothing left to do.
    expect(subSteps(0.09375, steps({ m: 3 }))).toEqual([
      { t: 0.09375, s: 0.03125, stay: 1 / 3 },
      { t: 0.03125, s: 0, stay: 0 },
      { t: EPS, s: 0, stay: 0 },
    ]);
    expect(subSteps(1 / 16, steps())[0].stay).toBe(0);
  });

  it('lie where the released code has them', () => {
    // t_end = 0.8 - 2 / 16 = 0.675; 0.8 + 0.2 0.675 and 0.2 0.675, each back by 1 / 16.
    const [first, second] = subSteps(0.8, steps({ times: 'released' }));
    expect([first.t, first.s, second.t, second.s]).toEqual(
      [0.935, 0.8725, 0.135, 0.0725].map((time) => expect.closeTo(time, 12) as number),
    );
    expect(first.stay).toBeCloseTo(0.8725 / 0.935, 12);
    // t_end is below 0 here, and so would the last sub-step's time be.
    const late = subSteps(0.1, steps({ times: 'released', m: 3 }));
    expect(late.map(({ t, stay }) => [t, stay])).toEqual([
      [expect.closeTo(0.1 + 0.9 * (0.1 - 3 / 16), 12), 0],
      [EPS, 0],
      [EPS, 0],
    ]);
    expect(subSteps(0.5, steps({ times: 'released', m: 1 }))).toEqual([
      { t: 0.71875, s: 0.65625, stay: 0.65625 / 0.71875 },
    ]);
  });
});

describe('an update', () => {
  it('lists every masked row once, by sub-step, then by row', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('paper' as const, 'released' as const),
      fc.double({ min: 1e-3, max: 0.5, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (texts, length, m, times, dt, seed) => {
        const given = batch(texts, length, { seed, firstSample: 5 });
        const plan = updatePlan(given, steps({ m, times, dt }));
        const masked = [...plan.tokens.keys()].filter((row) => plan.tokens[row] === MASK);
        expect([...plan.rows].sort((a, b) => a - b)).toEqual(masked);
        expect(plan.counts).toHaveLength(m);
        expect(plan.counts.reduce((sum, count) => sum + count, 0)).toBe(masked.length);
        expect(plan.unmasks).toHaveLength(masked.length);
        plan.slots.forEach((slot, row) => {
          if (plan.tokens[row] === MASK) expect(plan.rows[slot]).toBe(row);
          else expect([slot, plan.tokens[row]]).toEqual([NO_SLOT, given.tokens[row]]);
        });
        let first = 0;
        plan.counts.forEach((count, k) => {
          const rows = plan.rows.slice(first, first + count);
          expect(rows).toEqual(rows.toSorted());
          rows.forEach((row, i) => {
            const text = Math.floor(row / length);
            const u = uniform(corruptionBits(seed, 5 + text, row % length)[1]);
            const masked = (to: number): number =>
              plan.times[text].slice(0, to).reduce((chance, { stay }) => chance * stay, 1);
            expect(u).toBeLessThan(masked(k));
            expect(plan.unmasks[first + i]).toBe(Number(u >= masked(k + 1)));
            if (k < m - 1) expect(plan.unmasks[first + i]).toBe(1);
          });
          first += count;
        });
      },
    );
    fc.assert(property, { numRuns: 60, seed: 1 });
  });

  it('is the same again, and another one for another sample, seed or seed of targets', () => {
    const given = batch(4, 32);
    const plan = updatePlan(given, steps());
    expect(updatePlan(given, steps())).toEqual(plan);
    expect(updatePlan({ ...given, firstSample: 4 }, steps()).tokens).not.toEqual(plan.tokens);
    expect(updatePlan({ ...given, seed: 4 }, steps()).tokens).not.toEqual(plan.tokens);
    const other = updatePlan(given, steps(), 99);
    expect(other.tokens).toEqual(plan.tokens);
    expect(other.rows).not.toEqual(plan.rows);
  });

  /** How often each sub-step supplies, and nothing does, against what the times of a text say; p-value. */
  function fit(times: SubStepOptions['times'], law: (steps: SubStep[]) => number[]): number {
    const m = 3;
    const observed = new Float64Array(m + 1);
    const expected = new Float64Array(m + 1);
    for (let update = 0; update < 12; update++) {
      const given = batch(8, 64, { firstSample: 8 * update });
      const plan = updatePlan(given, steps({ dt: 0.1, m, times }));
      const chances = plan.times.map(law);
      const subStep = plan.counts.flatMap((count, k) => Array<number>(count).fill(k));
      plan.rows.forEach((row, i) => {
        observed[plan.unmasks[i] ? subStep[i] : m] += 1;
        chances[Math.floor(row / 64)].forEach((chance, k) => (expected[k] += chance));
      });
    }
    const total = expected.reduce((sum, count) => sum + count, 0);
    return chiSquareTest(
      observed,
      expected.map((count) => count / total),
    );
  }

  /** Chances of each sub-step and of none, where a position stays with chance `stay` in each. */
  const survival =
    (stay: (step: SubStep) => number) =>
    (list: SubStep[]): number[] => {
      let masked = 1;
      const chances = list.map((step) => {
        const before = masked;
        masked *= stay(step);
        return before - masked;
      });
      return [...chances, masked];
    };

  it.each(['paper', 'released'] as const)('unmasks with chance 1 - s / t, times of the %s kind', (times) => {
    expect(
      fit(
        times,
        survival(({ t, s }) => s / t),
      ),
    ).toBeGreaterThan(1e-3);
    // Wrong twins: s as the chance, and the same share in every sub-step.
    expect(
      fit(
        times,
        survival(({ s }) => s),
      ),
    ).toBeLessThan(1e-12);
    expect(fit(times, ({ length }) => Array<number>(length + 1).fill(1 / (length + 1)))).toBeLessThan(1e-12);
  });

  it('draws sub-steps apart from masks', () => {
    const law = new Float64Array(16).fill(1 / 16);
    const table = (word: 0 | 1): Float64Array => {
      const counts = new Float64Array(16);
      for (let i = 0; i < 4096; i++) {
        const bits = corruptionBits(5, i >> 5, i & 31);
        counts[4 * (bits[0] >>> 30) + (bits[word] >>> 30)] += 1;
      }
      return counts;
    };
    expect(chiSquareTest(table(1), law)).toBeGreaterThan(1e-3);
    // The wrong twin takes one word for both: what is masked late would unmask late.
    expect(chiSquareTest(table(0), law)).toBeLessThan(1e-12);
  });

  it('unmasks at a border in the step that ends there', () => {
    const list = subSteps(0.5, steps({ dt: 0.125 }));
    const [first, second] = [list[0].stay, list[0].stay * list[1].stay];
    expect([0.99, first, first - 1e-9, second, second - 1e-9].map((u) => unmaskingStep(list, u))).toEqual([
      0, 0, 1, 1, 2,
    ]);
  });
});

const golden = await fixture('dit-d64/golden');
const [texts, length, vocabulary] = golden.shape('target_log_probs');
const maskId = vocabulary - 1;

describe('the reference', () => {
  const teacher = fixtureCheckpoint('dit-d64/teacher').then(loadReference);

  /** Targets of one golden text, and how far they are from the released ones. */
  async function goldenTargets(text: number, times: SubStepOptions['times']) {
    const network = await teacher;
    const tokens = (await golden.ints('xt')).subarray(text * length, (text + 1) * length);
    const t = (await golden.floats('target_t'))[text];
    const [dt] = await golden.floats('target_dt');
    const all = await golden.floats('target_uniforms');
    const uniforms = [0, 1].map((k) => {
      const start = (k * texts + text) * length * vocabulary;
      return all.subarray(start, start + length * vocabulary);
    });
    const targets = referenceTargets(
      tokens,
      maskId,
      subSteps(t, steps({ dt, times })),
      (ids) => referenceLogits(network, ids),
      recordedDraw(uniforms, maskId),
    );
    const expected = (await golden.floats('target_log_probs')).subarray(text * length * vocabulary);
    let largest = 0;
    tokens.forEach((id, position) => {
      if (id !== maskId) return;
      for (let v = 0; v < maskId; v++) {
        const i = position * vocabulary + v;
        largest = Math.max(largest, Math.abs(targets.logProbs[i] - expected[i]));
      }
    });
    return { targets, tokens, largest };
  }

  it.each(Array.from({ length: texts }, (_, i) => i))('makes the released targets, text %d', async (text) => {
    const { targets, tokens, largest } = await goldenTargets(text, 'released');
    expect(largest).toBeLessThan(2e-5);
    tokens.forEach((id, position) => {
      const row = targets.logProbs.subarray(position * vocabulary, (position + 1) * vocabulary);
      if (id === maskId) {
        expect(row[maskId]).toBe(-Infinity);
        expect(targets.subStep[position]).toBeGreaterThan(0);
      } else {
        expect([targets.subStep[position], targets.tokens[position]]).toEqual([0, id]);
        expect(row.every((value) => value === 0)).toBe(true);
      }
    });
    // Both sub-steps supply, and what is masked still has the second one's target.
    expect(new Set(targets.subStep)).toEqual(new Set([0, 1, 2]));
    targets.tokens.forEach((id, position) => {
      if (id === maskId) expect(targets.subStep[position]).toBe(2);
    });
  });

  it('makes others at the times of the paper', async () => {
    // In text 0 all positions happen to keep their sub-steps.
    const { largest } = await goldenTargets(1, 'paper');
    expect(largest).toBeGreaterThan(0.1);
  });

  it('unmasks by the law that the plan draws from', () => {
    // Two real tokens, one masked position, three sub-steps; the network does not read the text.
    const list = subSteps(0.6, steps({ dt: 0.15, m: 3 }));
    const logits = Float64Array.of(0.3, -0.2, 0);
    const drawn = new Float64Array(4);
    for (let sample = 0; sample < 4000; sample++) {
      const { subStep, tokens } = referenceTargets(
        [2],
        2,
        list,
        () => logits,
        (q, [id], k) => {
          if (id !== 2) return [id];
          const mass = q.reduce((sum, chance) => sum + chance, 0);
          return [
            drawToken(
              q.map((chance) => chance / mass),
              { seed: 8, sample, position: 0, draw: k },
            ),
          ];
        },
      );
      drawn[tokens[0] === 2 ? 3 : subStep[0] - 1] += 1;
    }
    /** Chances of each sub-step and of none, by the plan's rule. */
    const planned = (of: SubStep[]): Float64Array => {
      const chances = new Float64Array(4);
      for (let i = 0; i < 10_000; i++) chances[unmaskingStep(of, (i + 0.5) / 10_000)] += 1e-4;
      return chances;
    };
    expect(chiSquareTest(drawn, planned(list))).toBeGreaterThan(1e-3);
    expect(chiSquareTest(drawn, planned(subSteps(0.7, steps({ dt: 0.15, m: 3 }))))).toBeLessThan(1e-12);
  });
});
