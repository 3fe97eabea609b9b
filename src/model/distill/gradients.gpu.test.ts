import { describe, expect, it } from 'vitest';
import { fixtureCheckpoint } from '../../../fixtures/load.ts';
import golden from '../../../fixtures/golden/dit-d64/golden.json' with { type: 'json' };
import { useTestGpu } from '../../gpu/testing.ts';
import { DIVERGENCES } from '../../gpu/kernels/loss/loss.ts';
import { lossAndGradients } from './gradients.ts';
import { goldenBatch, goldenErrors } from './gradients.testing.ts';

const test = useTestGpu();

describe('golden gradients', () => {
  it.each([...DIVERGENCES, 'mdlm' as const])('of %s', async (loss) => {
    const student = await fixtureCheckpoint('dit-d64/student');
    const result = await lossAndGradients(test.gpu, student, await goldenBatch(loss));
    const expected = golden.losses[loss === 'mdlm' ? 'mdlm_nelbo' : loss];
    expect(Math.abs(result.loss / expected - 1)).toBeLessThan(1e-3);
    const found = await goldenErrors(`grads_${loss}`, result.gradients);
    expect(found).toHaveLength(30);
    expect(found.filter(({ error }) => !(error <= 1e-3))).toEqual([]);
  });
});
