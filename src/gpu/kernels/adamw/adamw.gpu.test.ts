import { describe, expect, it } from 'vitest';
import { adamwError, fiveGradients, runAdamw, runGradientNorm, update } from '../../checks/adamw.ts';
import { errorBesideLargest, normals } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';
import { normPartials } from './adamw.reference.ts';
import { gradientNorm } from './adamw.ts';

const test = useTestGpu();
const five = [1, 2, 3, 4, 5].map((step) => update(step));

describe('gradient norm', () => {
  it.each([4, 1020, 1028, 270_004])('of %d values, as the same 256 sums each time', async (values) => {
    const gradients = normals(values, values, 2);
    const partials = await runGradientNorm(test.gpu, test.arena, gradients);
    expect(errorBesideLargest(partials, normPartials(gradients))).toBeLessThan(1e-6);
    expect(await runGradientNorm(test.gpu, test.arena, gradients)).toEqual(partials);
    const norm = Math.hypot(...normPartials(gradients).map(Math.sqrt));
    expect(gradientNorm(partials) / norm).toBeCloseTo(1, 6);
  });
});

describe('AdamW', () => {
  it.each([4, 1028, 70_004])('makes five updates of %d values as the CPU does', async (values) => {
    const error = await adamwError(test.gpu, test.arena, normals(1, values), fiveGradients(values), five);
    expect(error).toBeLessThan(3e-6);
  });

  it('covers all values with a grid of two dimensions', async () => {
    const error = await adamwError(test.gpu, test.arena, normals(1, 5000), fiveGradients(5000), five, [2, 3]);
    expect(error).toBeLessThan(3e-6);
  });

  it.each([
    ['too small for their squares', 1e-20],
    ['whose squares are near the end of f32', 1e18],
    ['zero', 0],
  ])('takes gradients %s', async (_name, scale) => {
    const gradients = fiveGradients(8).map((values) => values.map((value) => scale * value));
    expect(await adamwError(test.gpu, test.arena, normals(1, 8), gradients, five)).toBeLessThan(3e-6);
  });

  it.each([
    ['NaN', NaN],
    ['infinite', Infinity],
    ['of a norm that f32 does not hold', 1e20],
  ])('leaves an update out whose gradients are %s, and clears them', async (_name, value) => {
    const parameters = normals(1, 5000);
    const [good, bad] = [normals(2, 5000), normals(3, 5000)];
    bad[4321] = value;
    const after = await runAdamw(test.gpu, test.arena, parameters, [good, bad], five);
    const expected = await runAdamw(test.gpu, test.arena, parameters, [good], five);
    expect(after).toEqual(expected);
    expect(after.gradients.every((gradient) => gradient === 0)).toBe(true);
    expect(after.parameters).not.toEqual(parameters);
  });

  it('keeps the average where its decay is 1', async () => {
    const parameters = normals(1, 8);
    const { average } = await runAdamw(
      test.gpu,
      test.arena,
      parameters,
      [normals(2, 8)],
      [update(1, { ema: 1 })],
    );
    expect(average).toEqual(parameters);
  });
});
