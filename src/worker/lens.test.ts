import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/checkpoint/config.ts';
import { checkLens, lens, lensOf } from './lens.ts';
import type { LensOptions } from './protocol.ts';
import { FakeDenoiser } from './testing.ts';

const MASK = 5;
const config: ModelConfig = {
  ...{ name: 'fake', kind: 'diffusion', hidden: 8, heads: 1, blocks: 1, condDim: 4, length: 8 },
  ...{ vocabulary: MASK + 1, timeConditioning: false, samplingEps: 1e-5 },
};
const CHANCES = [0.2, 0.05, 0.4, 0.05, 0.3];
const look = async (options: Partial<LensOptions> = {}) => {
  const denoiser = new FakeDenoiser(config);
  denoiser.rowLogits = () => [...CHANCES.map(Math.log), 9];
  const given = { model: 'fake', tokens: [1, MASK, 2, MASK], position: 3, steps: 8, ...options };
  return lens(denoiser, checkLens(given, config));
};

describe('lens', () => {
  it('says that little is lost of a few likely tokens', async () => {
    const { position, stay, entropy, distance, never, curve } = await look({ t: 0.5 });
    expect(position).toBe(3);
    expect(stay.exact).toBeCloseTo(0.75, 4);
    expect(stay.naive).toBeCloseTo(0.75, 4);
    expect(entropy.naive).toBeCloseTo(entropy.exact, 4);
    expect(entropy.safe).toBeCloseTo(entropy.exact, 4);
    expect(Math.max(distance.naive, distance.safe)).toBeLessThan(2e-5);
    expect(never).toEqual({ tokens: 0, probability: 0 });
    expect(curve.map(({ rank, exact }) => [rank, exact])).toEqual(
      [0.4, 0.3, 0.2, 0.05, 0.05].map((p, i) => [i + 1, expect.closeTo(p, 6) as number]),
    );
  });

  it('shows a tail that is cut the more, the more steps there are, and that ours keeps', () => {
    const weights = Float64Array.from({ length: 4096 }, (_, i) => Math.exp(-0.004 * i));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const p = weights.map((weight) => weight / total);
    const [one, many] = [1, 1024].map((steps) => lensOf(p, 1, 1 - (1 - 1e-5) / steps));
    expect(one.distance.naive).toBeLessThan(1e-3);
    expect(many.distance.naive).toBeGreaterThan(0.01);
    expect(many.entropy.naive).toBeLessThan(many.entropy.exact - 0.05);
    expect(Math.abs(many.entropy.safe - many.entropy.exact)).toBeLessThan(1e-4);
    // 2.59e-9 of the mask's chance, over the step's.
    const bound = (2.59e-9 * (1 - 1 / 1024)) / (1 / 1024);
    expect(many.never.tokens).toBeCloseTo(p.filter((chance) => chance < bound).length / 4096, 2);
    expect(many.curve.length).toBeLessThanOrEqual(200);
    expect([many.curve[0].rank, many.curve.at(-1)!.rank]).toEqual([1, 4096]);
    expect(many.curve.at(-1)!.naive).toBeLessThan(1e-20);
  });

  it.each<[Partial<Record<keyof LensOptions, unknown>>, RegExp]>([
    [{ position: 0 }, /^positions\[0\] is 0, which is not masked/],
    [{ position: 9 }, /^position is 9/],
    [{ steps: 0 }, /^steps is 0: .* 1 to 1024/],
    [{ steps: undefined }, /^steps is missing/],
    [{ t: 0 }, /^t is 0/],
    [{ temperature: 0 }, /^temperature is 0/],
  ])('refuses %j', async (options, message) => {
    await expect(look(options as Partial<LensOptions>)).rejects.toThrow(message);
  });
});
