import { describe, expect, it } from 'vitest';
import golden from '../../../../fixtures/golden/adamw.json';
import { adamw, adamwState } from './adamw.reference.ts';
import { adamwWorkgroups, gradientNorm, type AdamwUpdate } from './adamw.ts';

const options = {
  learningRate: golden.lr,
  beta1: golden.betas[0],
  beta2: golden.betas[1],
  eps: golden.eps,
  weightDecay: golden.weight_decay,
  clip: golden.clip_norm,
  ema: 0.75,
};

const close = (values: ArrayLike<number>) =>
  Array.from(values, (value) => expect.closeTo(value, 12) as number);

describe('adamw', () => {
  it('does what PyTorch does, clipping and decay included', () => {
    let state = adamwState(golden.parameters);
    golden.updates.forEach(({ gradients, parameters, exp_avg, exp_avg_sq }, i) => {
      state = adamw(state, gradients, { step: i + 1, ...options });
      expect([...state.parameters]).toEqual(close(parameters));
      expect([...state.m]).toEqual(close(exp_avg));
      expect([...state.v]).toEqual(close(exp_avg_sq));
    });
    // One of the three is below the norm, two are clipped.
    expect(golden.updates.map(({ norm }) => norm > 1)).toEqual([true, false, true]);
  });

  it('moves the average a part of the way to the new parameters', () => {
    const before = adamwState([1, 2]);
    const after = adamw(before, [0.1, -0.1], { step: 1, ...options });
    const expected = after.parameters.map((value, i) => 0.75 * before.average[i] + 0.25 * value);
    expect([...after.average]).toEqual(close(expected));
  });

  it('leaves an update out whose norm f32 does not hold', () => {
    const before = adamwState([1, 2]);
    const first: AdamwUpdate = { step: 1, ...options };
    for (const value of [NaN, Infinity, 1e20]) expect(adamw(before, [value, 1], first)).toBe(before);
    expect(adamw(before, [1e18, 1], first)).not.toBe(before);
  });
});

it('the norm is that of all partial sums, and none where f32 has none', () => {
  expect(gradientNorm(Float32Array.of(9, 16, 0))).toBe(5);
  expect(gradientNorm(Float32Array.of(3e38, 3e38))).toBe(Infinity);
  expect(gradientNorm(Float32Array.of(1, NaN))).toBeNaN();
});

it('workgroups of 1024 values in two dimensions hold 2^31 bytes', () => {
  expect(adamwWorkgroups(4)).toEqual([1, 1]);
  expect(adamwWorkgroups(1028)).toEqual([2, 1]);
  expect(adamwWorkgroups(2 ** 29)).toEqual([65_535, 9]);
});
