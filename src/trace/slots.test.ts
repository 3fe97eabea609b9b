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
    expect(slotsAt(trace, 2)[1]).toEqual({
      ...{ state: 'new', token: 8, step: 3 },
      ...{ probability: 0.25, entropy: 2, order: 2 },
    });
    expect(slotsAt(trace, 2)[3]).toEqual({ state: 'given', token: 5 });
  });
  it('ranks tokens by their step and then by position, however a step lists them', () => {
    const initial = [0, 9, 9, 9, 9, 9];
    const steps = [
      { positions: [4, 2], tokens: [40, 20], probabilities: [0.4, 0.2], entropies: [4, 2] },
      { positions: [5, 1, 3], tokens: [50, 10, 30], probabilities: [0.5, 0.1, 0.3], entropies: [5, 1, 3] },
    ].map((step, i) => ({ ...step, step: i + 1, t: 1 }));
    const slots = slotsAt({ ...trace, initial, trace: steps }, 2);
    const orders = slots.map((slot) => ('order' in slot ? slot.order : undefined));
    expect(orders).toEqual([undefined, 3, 1, 4, 2, 5]);
    // The arrays of a step stay together.
    expect(slots.slice(1)).toMatchObject(
      [1, 2, 3, 4, 5].map((p) => ({ token: 10 * p, probability: p / 10, entropy: p })),
    );
  });
});
