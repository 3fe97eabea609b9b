import { expect, it } from 'vitest';
import { modulationBackwardError } from '../../checks/modulation-backward.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

it.each([
  [4, 0, 1, 1],
  [4, 2, 1, 15],
  [36, 2, 5, 2],
  [64, 12, 1, 64],
  [100, 3, 3, 17],
  [8, 2, 1, 2049],
])('parts of %d values, %d triples, %d groups of %d chunks', async (inner, triples, groups, chunks) => {
  const problem = { inner, triples, groups, chunks };
  expect(await modulationBackwardError(test.gpu, test.arena, problem)).toBeLessThan(3e-6);
});
