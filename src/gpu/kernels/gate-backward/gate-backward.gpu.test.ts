import { expect, it } from 'vitest';
import { gateBackwardError } from '../../checks/gate-backward.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

it.each([
  [4, 1, 1],
  [64, 7, 3],
  [256, 4, 2],
  [260, 17, 2],
  [4096, 2, 1],
  [12, 65, 8],
])('rows of %d, %d to a sample, %d samples', async (inner, length, samples) => {
  const shape = { inner, length, samples };
  for (const shared of [false, true]) {
    expect(await gateBackwardError(test.gpu, test.arena, shape, shared)).toBeLessThan(1e-6);
  }
});
