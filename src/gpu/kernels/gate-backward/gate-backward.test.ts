import { expect, it } from 'vitest';
import { centralDifferences, inner as dot } from '../../../testing/differences.ts';
import { largestError, normals } from '../../checks/numbers.ts';
import { gateBackward } from './gate-backward.reference.ts';

it('the reference has the gradients of p and of the gate by central differences', () => {
  const s = { inner: 5, length: 3, stride: 7, gate: 1, partialStride: 7, chunkRows: 4 };
  const [x, p, dx, modulation] = [normals(1, 30), normals(2, 30), normals(3, 30), normals(4, 14)];
  const forward = (p: ArrayLike<number>, modulation: ArrayLike<number>): Float64Array =>
    Float64Array.from(x, (value, i) => {
      const sample = Math.floor(i / (s.inner * s.length));
      return value + modulation[sample * s.stride + s.gate + (i % s.inner)] * p[i];
    });
  const { dp, partials } = gateBackward(dx, p, modulation, s);
  expect(
    largestError(
      dp,
      centralDifferences((at) => dot(dx, forward(at, modulation)), p),
    ),
  ).toBeLessThan(1e-8);
  // A chunk a sample, so that the partial sums are the gradient.
  expect(
    largestError(
      partials,
      centralDifferences((at) => dot(dx, forward(p, at)), modulation),
    ),
  ).toBeLessThan(1e-8);
});
