import { describe, expect, it } from 'vitest';
import { matmulError, MATMUL_OPS } from '../../checks/matmul.ts';
import { useTestGpu } from '../../testing.ts';
import { DIRECT } from './matmul.ts';

const test = useTestGpu();

describe.each(MATMUL_OPS)('%s', (of) => {
  const shapes = of.endsWith('rope')
    ? [
        [9, 48, 70],
        [1, 96, 4],
      ]
    : [
        [9, 66, 70],
        [1, 1, 1],
        [17, 129, 37],
      ];
  it.each(shapes)('multiplies %d x %d, summed over %d', async (m, n, k) => {
    const error = await matmulError(test.gpu, test.arena, of, { v: DIRECT, m, n, k });
    expect(error).toBeLessThan(2e-6 * Math.sqrt(Math.max(k, 4)));
  });
});
