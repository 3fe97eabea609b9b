import { expect, it } from 'vitest';
import { bitsError, exponentialErrors } from './checks/random.ts';
import { useTestGpu } from './testing.ts';

const test = useTestGpu();

it('makes the bits of the CPU', async () => {
  expect(await bitsError(test.gpu, test.arena)).toBe(0);
});

it('makes exponentials within 1e-6 of float64, and their logarithms', async () => {
  const { exponential, logarithm } = await exponentialErrors(test.gpu, test.arena);
  expect(exponential).toBeLessThan(1e-6);
  expect(logarithm).toBeLessThan(1);
});
