import { describe, expect, it } from 'vitest';
import { slotsAt } from './slots.ts';
import type { Trace } from './trace.ts';

const trace: Trace = {
  version: 1,
  model: 'student',
  sampler: 'ancestral',
  steps: 4,
  forwardPasses: 2,
  seed: 1,
  sample: 0,
  temperature: 1,
  topP: 1,
  maskId: 9,
  initial: [0, 9, 9, 5],
  trace: [
    { step: 1, t: 1, positions: [2], tokens: [7], probabilities: [0.5], entropies: [1] },
    { step: 3, t: 0.5, positions: [1], tokens: [8], probabilities: [0.25], entropies: [2] },
  ],
};

describe('slotsAt', () => {
  it('tells given, masked, new and earlier apart at every moment', () => {
    const states = [0, 1, 2].map((position) => slotsAt(trace, position).map(({ state }) => state));
    expect(states).toEqual([
      ['given', 'masked', 'masked', 'given'],
      ['given', 'masked', 'new', 'given'],
      ['given', 'new', 'earlier', 'given'],
    ]);
    expect(slotsAt(trace, 2)[1]).toEqual({ state: 'new', token: 8, step: 3, probability: 0.25 });
    expect(slotsAt(trace, 2)[3]).toEqual({ state: 'given', token: 5 });
  });
});
