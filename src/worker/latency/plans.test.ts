import { describe, expect, it } from 'vitest';
import { RELEASED_SMALL, shapeConfig } from '../../model/checkpoint/released-shapes.ts';
import {
  causalPlan,
  causalWindow,
  diffusionPasses,
  diffusionPlan,
  shortened,
  wholeOfWindows,
  windowPlaces,
} from './plans.ts';

const shape = { hidden: 64, blocks: 2, heads: 2, vocabulary: 131 };
const causal = shapeConfig('x', shape, 'causal', 128);

describe('plans', () => {
  it('let both networks write all slots but the first', () => {
    const diffusion = diffusionPlan(RELEASED_SMALL, 128, 16);
    const twin = causalPlan(causal, 128);
    for (const { maskedSlots, samples } of [diffusion, twin]) {
      expect(maskedSlots).toBe(127);
      expect(samples[0].initial[0]).toBe(0);
    }
    expect(twin).toMatchObject({ sampler: 'autoregressive', forwardPasses: 127, steps: 0 });
    expect(diffusion).toMatchObject({ sampler: 'ancestral', steps: 16 });
    expect(diffusion.forwardPasses).toBeLessThanOrEqual(17);
  });

  it('leave out steps in which nothing unmasks: never more passes than tokens', () => {
    const { forwardPasses } = diffusionPlan(RELEASED_SMALL, 128, 1024);
    // Expected: 1024 (1 - (1 - 1 / 1024)^127), about 119.
    expect(forwardPasses).toBeLessThanOrEqual(127);
    expect(forwardPasses).toBeGreaterThan(105);
  });

  it('begin in the middle of a text that is given so far', () => {
    const plan = causalPlan(causal, 128, 100);
    const [{ initial, passes }] = plan.samples;
    expect(plan.forwardPasses).toBe(28);
    expect(initial.indexOf(130)).toBe(100);
    expect(passes[0].positions).toEqual([100]);
    expect(new Set(initial.slice(1, 100)).size).toBe(99);
  });

  it('are cut to their first passes', () => {
    const plan = diffusionPlan(RELEASED_SMALL, 128, 64);
    const part = shortened(plan, 5);
    expect(part.forwardPasses).toBe(5);
    expect(part.samples[0].passes).toEqual(plan.samples[0].passes.slice(0, 5));
    expect(part.samples[0].initial).toEqual(plan.samples[0].initial);
    expect(shortened(plan, 1000)).toEqual(plan);
  });
});

describe('what is timed', () => {
  it('is the whole diffusion run where the budget has room for one, else as many passes as repeats leave', () => {
    expect(diffusionPasses(100, 10, 1000, 5)).toBe(100);
    expect(diffusionPasses(101, 10, 1000, 5)).toBe(20);
    expect(diffusionPasses(101, 990, 1000, 5)).toBe(2);
    // Never more than there are.
    expect(diffusionPasses(1, 5000, 1000, 5)).toBe(1);
  });

  it('is the whole causal run where that is cheaper than windows of it', () => {
    expect(causalWindow(100, 10, 1000, 5)).toBeUndefined();
    expect(causalWindow(1023, 10, 1000, 1)).toBe(11);
    // Too slow for windows of a sensible size: the smallest.
    expect(causalWindow(1023, 10_000, 1000, 5)).toBe(4);
    // 9 windows of 4 passes would be no fewer than all of them.
    expect(causalWindow(36, 10_000, 1000, 5)).toBeUndefined();
    expect(causalWindow(37, 10_000, 1000, 5)).toBe(4);
  });

  it('lies at the start, in the middle and at the end, with two windows at each', () => {
    expect(windowPlaces(1024, 8)).toEqual([1, 501, 1000]);
    const [start, , end] = windowPlaces(1024, 8);
    // The second windows, [9, 17) and [1008, 1016): as far from either end of [1, 1024).
    expect(start + 8 - 1).toBe(1024 - (end + 16));
  });
});

it('hits the whole where the time of a pass grows with the position, straight or with a knee in the middle', () => {
  const length = 1024;
  const window = 8;
  const places = windowPlaces(length, window);
  const straight = (x: number): number => 3 + 0.002 * x;
  const knee = (x: number): number => 3 + 0.01 * Math.max(0, x - length / 2);
  for (const [passAt, bound] of [
    [straight, 0.001],
    [knee, 0.01],
  ] as const) {
    let whole = 0;
    for (let x = 1; x < length; x++) whole += passAt(x);
    const measured = places.map((from) => {
      let sum = 0;
      for (let x = from + window; x < from + 2 * window; x++) sum += passAt(x);
      return sum / window;
    }) as [number, number, number];
    expect(Math.abs(wholeOfWindows(length - 1, measured) / whole - 1)).toBeLessThan(bound);
  }
  expect(wholeOfWindows(100, [1, 2, 5])).toBe(250);
});
