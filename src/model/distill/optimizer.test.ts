import { describe, expect, it } from 'vitest';
import { adamwUpdate, emaDecayAt, learningRateAt, optimizerUniform } from './optimizer.ts';

describe('learningRateAt', () => {
  it('rises evenly, never from 0, and stays', () => {
    const rates = [1, 2, 3, 4, 5, 1000].map((step) => learningRateAt({ learningRate: 0.4, warmup: 4 }, step));
    expect(rates).toEqual([0.1, 0.2, expect.closeTo(0.3, 15) as number, 0.4, 0.4, 0.4]);
  });

  it('is there at once without a warm-up', () => {
    expect(learningRateAt({ learningRate: 3e-4 }, 1)).toBe(3e-4);
    expect(learningRateAt({ learningRate: 3e-4, warmup: 1 }, 1)).toBe(3e-4);
  });
});

it('emaDecayAt starts at 2 / 11 and ends at its largest', () => {
  const options = { learningRate: 1, ema: 0.9999 };
  expect(emaDecayAt(options, 1)).toBe(2 / 11);
  expect(emaDecayAt(options, 100)).toBe(101 / 110);
  // (1 + n) / (10 + n) passes 0.9999 at n = 89990.
  expect(emaDecayAt(options, 89_989)).toBeLessThan(0.9999);
  expect(emaDecayAt(options, 89_991)).toBe(0.9999);
});

it('the uniform has what depends on the update, worked out in float64', () => {
  const options = { learningRate: 0.5, weightDecay: 0.01, clip: 2, warmup: 4 };
  const floats = new Float32Array(optimizerUniform(options, 2).buffer);
  const expected = [
    2,
    1 - 0.25 * 0.01,
    0.1,
    0.999,
    0.001,
    Math.sqrt(1 - 0.999 ** 2),
    1e-8,
    0.25 / (1 - 0.9 ** 2),
    1 - 3 / 12,
  ];
  // In f32, 1 - 0.999 would be off in the fifth digit.
  expect([...floats.slice(0, 9)]).toEqual(expected.map(Math.fround));
  expect(adamwUpdate(options, 2)).toMatchObject({ step: 2, learningRate: 0.25, beta1: 0.9, ema: 0.25 });
});
