import { describe, expect, it } from 'vitest';
import { fixture, fixtureCheckpoint } from '../../../fixtures/load.ts';
import golden from '../../../fixtures/golden/dit-d64/golden.json' with { type: 'json' };
import { useTestGpu } from '../../gpu/testing.ts';
import { DIVERGENCES } from '../../gpu/kernels/loss/loss.ts';
import { canonicalName } from '../checkpoint/names.ts';
import { lossAndGradients, type GradientBatch } from './gradients.ts';

const test = useTestGpu();
const [batch, length] = [2, 24];

const tokens = async (name: string): Promise<Uint32Array> =>
  Uint32Array.from(await (await fixture('dit-d64/golden')).ints(name));

/** ||delta|| / ||g|| of each tensor of a golden file. */
async function errors(
  name: string,
  gradients: Record<string, Float32Array>,
): Promise<{ tensor: string; error: number }[]> {
  const file = await fixture(`dit-d64/${name}`);
  return Promise.all(
    file.names().map(async (tensor) => {
      const expected = await file.floats(tensor);
      const found = gradients[canonicalName(tensor)];
      const norm = Math.hypot(...expected);
      return { tensor, error: Math.hypot(...expected.map((g, i) => g - found[i])) / norm };
    }),
  );
}

async function givenBatch(loss: (typeof DIVERGENCES)[number] | 'mdlm'): Promise<GradientBatch> {
  const file = await fixture('dit-d64/golden');
  const xt = await tokens('xt');
  if (loss === 'mdlm') {
    return {
      batch,
      length,
      loss,
      xt,
      x0: await tokens('x0'),
      t: Float64Array.from(await file.floats('nelbo_t')),
    };
  }
  const t = Float64Array.from(await file.floats('target_t'));
  return { batch, length, loss, xt, t, targetLogProbs: await file.floats('target_log_probs') };
}

describe('golden gradients', () => {
  it.each([...DIVERGENCES, 'mdlm' as const])('of %s', async (loss) => {
    const student = await fixtureCheckpoint('dit-d64/student');
    const result = await lossAndGradients(test.gpu, student, await givenBatch(loss));
    const expected = golden.losses[loss === 'mdlm' ? 'mdlm_nelbo' : loss];
    expect(Math.abs(result.loss / expected - 1)).toBeLessThan(1e-3);
    const found = await errors(`grads_${loss}`, result.gradients);
    expect(found).toHaveLength(30);
    expect(found.filter(({ error }) => !(error <= 1e-3))).toEqual([]);
  });
});
