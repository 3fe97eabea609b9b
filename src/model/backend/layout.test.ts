import { describe, expect, it } from 'vitest';
import { ARGMAX_ROW } from '../../gpu/kernels/sample/sample.ts';
import { makePlan, type Plan, type PlanOptions } from '../diffusion/plan.ts';
import { layoutRun, spanOf, stepOf } from './layout.ts';

const MASK = 9;
const [LENGTH, COUNT] = [7, 3];

function plan(sampler: PlanOptions['sampler'], steps = 4): Plan {
  const initial = new Uint32Array(LENGTH).fill(MASK);
  initial[2] = 4;
  const base = { length: LENGTH, maskId: MASK, eps: 0.3, seed: 6, count: COUNT, firstSample: 5 };
  return makePlan({ ...base, sampler, steps, initial });
}

const settings = { seed: 6, temperature: 0.5, topP: 0.9 };
/** Parts of at most 4 rows. */
const parts = (count: number): number[] =>
  Array.from({ length: Math.ceil(count / 4) }, (_, i) => Math.min(4, count - 4 * i));

describe('the layout of a plan', () => {
  it('names the rows of each pass, those of a final pass by argmax', () => {
    const p = plan('ancestral');
    const { rows, starts, selections, passes } = layoutRun(p, settings, { timed: false, parts });
    expect(starts[starts.length - 1]).toBe(rows.length);
    expect(rows).toHaveLength(6 * COUNT);
    passes.forEach((layout, pass) => {
      const wanted = p.samples.flatMap(({ passes: own }, sample) =>
        pass >= own.length
          ? []
          : own[pass].positions.map((at) => sample * LENGTH + at + (own[pass].step === 5 ? ARGMAX_ROW : 0)),
      );
      const found = layout.parts.flatMap(({ selection, count }) => {
        expect(selections[selection]).toMatchObject({ ...settings, count, draw: 0, firstSample: 5 });
        const { start } = selections[selection];
        return rows.slice(start, start + count);
      });
      expect(found).toEqual(wanted);
      expect(layout.choice).toBeUndefined();
    });
    expect(rows.some((entry) => entry >= ARGMAX_ROW)).toBe(true);
  });

  it.each([1, 4, 50])('of the confidence sampler has all masked rows in each of %d steps', (steps) => {
    const p = plan('confidence', steps);
    const { rows, starts, selections, passes } = layoutRun(p, settings, { timed: false, parts });
    expect(rows.map((row) => row % LENGTH)).toEqual([0, 1, 3, 4, 5, 6, 0, 1, 3, 4, 5, 6, 0, 1, 3, 4, 5, 6]);
    expect(starts[starts.length - 1]).toBe(6 * COUNT);
    let first = 0;
    passes.forEach(({ parts: cut, choice }, pass) => {
      const active = p.samples.filter(({ passes: own }) => pass < own.length);
      const { segments, selection } = choice!;
      expect(selections[selection]).toMatchObject({ start: first, count: active.length });
      first += active.length;
      const total = segments.reduce((sum, { count }) => sum + count, 0);
      // The parts follow one another from 0, with noise of this pass.
      let start = 0;
      for (const part of cut) {
        expect(selections[part.selection]).toMatchObject({ start, count: part.count, draw: pass });
        start += part.count;
      }
      expect(start).toBe(total);
      const at = { start: 0, chosen: starts[pass], rest: 0 };
      segments.forEach((segment, i) => {
        const { passes: own } = active[i];
        const left = own.slice(pass).reduce((sum, { count }) => sum + count, 0);
        const next = own.at(pass + 1);
        const flag = next?.step === steps + 1 ? ARGMAX_ROW : 0;
        expect(segment).toEqual({ ...at, count: left, take: own[pass].count, flag });
        at.start += left;
        at.chosen += own[pass].count;
        at.rest += left - own[pass].count;
      });
      expect(at.chosen).toBe(starts[pass + 1]);
      // Who is still at work in the next pass finds its rows where this one leaves them.
      const rests = segments.filter(({ count, take }) => count > take);
      expect(passes[pass + 1]?.choice?.segments.map(({ start: s, count }) => [s, count]) ?? []).toEqual(
        rests.map(({ rest, count, take }) => [rest, count - take]),
      );
    });
  });

  it('has a selection for the modulation of each pass where time counts', () => {
    for (const sampler of ['ancestral', 'confidence'] as const) {
      const { selections, passes } = layoutRun(plan(sampler), settings, { timed: true, parts });
      passes.forEach(({ modulation }, pass) => {
        expect(selections[modulation]).toMatchObject({ start: pass * COUNT, count: COUNT });
      });
    }
  });

  it('goes from left to right behind what is given, each row read one before', () => {
    const initial = new Uint32Array(LENGTH).fill(MASK);
    initial.set([4, 1, 2]);
    const base = { length: LENGTH, maskId: MASK, eps: 0.3, seed: 6, count: COUNT };
    const p = makePlan({ ...base, sampler: 'autoregressive', steps: 1, initial });
    const { rows, selections, passes } = layoutRun(p, settings, { timed: false, parts });
    expect(rows.map((row) => row % LENGTH)).toEqual([3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6]);
    for (const selection of selections) expect(selection).toMatchObject({ lag: 1, draw: 0 });
    // The first pass is over what is given, the others each over the token that came last.
    expect(passes.map((_, pass) => spanOf(p, pass))).toEqual([
      { first: 0, count: 3 },
      { first: 3, count: 1 },
      { first: 4, count: 1 },
      { first: 5, count: 1 },
    ]);
    expect(spanOf(plan('ancestral'), 1)).toEqual({ first: 0, count: LENGTH });
  });
});

describe('what was drawn', () => {
  it('becomes a step of each sample that is still at work, by rising position', () => {
    const p = plan('ancestral', 2);
    const last = Math.max(...p.samples.map(({ passes }) => passes.length)) - 1;
    const drawn = p.samples.flatMap(({ passes }, sample) =>
      (passes.at(last)?.positions ?? []).toReversed().map((position) => ({
        ...{ row: sample * LENGTH + position, token: position, probability: 0.5, entropy: 1 },
      })),
    );
    const { pass, steps } = stepOf(p, last, drawn);
    expect(pass).toBe(last);
    expect(steps.map((step) => step?.positions)).toEqual(
      p.samples.map(({ passes }) => passes.at(last)?.positions),
    );
    expect(steps.map((step) => step?.tokens)).toEqual(
      p.samples.map(({ passes }) => passes.at(last)?.positions),
    );
  });
});
