import { describe, expect, it } from 'vitest';
import { momentOf } from './moment.ts';
import type { Trace } from './trace.ts';

const MASK = 9;
const came = (step: number, t: number, position: number) => ({
  ...{ step, t, positions: [position], tokens: [position], probabilities: [0.5], entropies: [1] },
});
const trace: Trace = {
  ...{ version: 1, model: 'm', sampler: 'ancestral', steps: 8, forwardPasses: 2, seed: 3, sample: 2 },
  ...{ temperature: 1, topP: 1, maskId: MASK, initial: [0, MASK, 5, MASK] },
  trace: [came(3, 0.75, 3), came(6, 0.375, 1)],
};

describe('momentOf', () => {
  it('is the x_t of a recorded step, with what another run goes on by', () => {
    const common = { sample: 2, given: [0, 2] };
    expect(momentOf(trace, 0)).toEqual({ ...common, tokens: [0, MASK, 5, MASK], step: 0 });
    expect(momentOf(trace, 1)).toEqual({ ...common, tokens: [0, MASK, 5, 3], step: 3, t: 0.75 });
    expect(momentOf(trace, 2)).toEqual({ ...common, tokens: [0, 1, 5, 3], step: 6, t: 0.375 });
  });

  it('does not take what a run was taken up with for what was given', () => {
    const tokens = [0, MASK, 5, MASK];
    expect(momentOf({ ...trace, from: 2 }, 0)).toEqual({ tokens, step: 2, sample: 2 });
  });
});
