import { describe, expect, it } from 'vitest';
import { centralDifferences, inner as dot } from '../../../testing/differences.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { layerNormBackward } from '../layernorm-backward/layernorm-backward.reference.ts';
import { layerNormModulate } from '../layernorm/layernorm-modulate.reference.ts';
import { modulationBackward } from './modulation-backward.reference.ts';

describe.each(['for each sample', 'for all samples'])('modulation %s', (kind) => {
  it('has the gradients of shift, scale and weight by central differences', () => {
    // Two norms: of the first triple of parts, and of shift and scale at the end.
    const [inner, length, samples] = [4, 5, 2];
    const stride = 5 * inner;
    const groups = kind === 'for each sample' ? samples : 1;
    const [x, dh] = [normals(1, samples * length * inner, 2, 1), normals(2, samples * length * inner)];
    const [weight, modulation] = [normals(3, 2 * inner, 0.3, 1), normals(4, groups * stride)];
    const sites = [0, 3 * inner].map((shift) => ({
      ...{ inner, length, shift, scale: shift + inner, partialStride: stride, chunkRows: 2 },
      stride: groups === 1 ? 0 : stride,
    }));
    const ofSite = (values: ArrayLike<number>, i: number): number[] =>
      Array.from({ length: inner }, (_, k) => values[i * inner + k]);

    const parts = sites.map((s, i) => layerNormBackward(x, dh, ofSite(weight, i), modulation, s).partials);
    const partials = parts[0].map((value, i) => value + parts[1][i]);
    const { dmod, dweight } = modulationBackward(partials, weight, modulation, { inner, stride, groups });

    const loss = (weight: ArrayLike<number>, modulation: ArrayLike<number>): number =>
      sites.reduce((sum, s, i) => sum + dot(dh, layerNormModulate(x, ofSite(weight, i), modulation, s)), 0);
    expect(
      largestError(
        dmod,
        centralDifferences((at) => loss(weight, at), modulation),
      ),
    ).toBeLessThan(1e-8);
    expect(
      largestError(
        dweight,
        centralDifferences((at) => loss(at, modulation), weight),
      ),
    ).toBeLessThan(1e-8);
  });
});
