import { describe, expect, it } from 'vitest';
import { LIGHT_TILED, matmulError, MATMUL_OPS, type MatmulOp } from '../../checks/matmul.ts';
import { useTestGpu } from '../../testing.ts';
import type { DirectVariant, MatmulVariant } from './matmul.ts';

const test = useTestGpu();

/** Compiles in a fraction of the time that DIRECT takes, which the checks of all kernels run. */
const LIGHT_DIRECT: DirectVariant = { kind: 'direct', rows: 4, cols4: 2, threads: 8 };

type Shape = readonly [m: number, n: number, k: number];

/** One, primes, powers of two and one more or less; for `rope`, whose heads are a sixth of n, heads of 16. */
const shapesOf = (of: MatmulOp): readonly Shape[] =>
  of === 'nt rope'
    ? [
        [1, 96, 1],
        [17, 96, 37],
      ]
    : [
        [1, 1, 1],
        [17, 129, 37],
        [5, 63, 128],
        [33, 16, 65],
      ];

async function expectRight(of: MatmulOp, v: MatmulVariant, [m, n, k]: Shape): Promise<void> {
  const error = await matmulError(test.gpu, test.arena, of, { v, m, n, k });
  expect(error, `${m} x ${n} x ${k}`).toBeLessThan(2e-6 * Math.sqrt(Math.max(k, 4)));
}

it.each(MATMUL_OPS)('%s multiplies in the direct loop', async (of) => {
  for (const shape of shapesOf(of)) await expectRight(of, LIGHT_DIRECT, shape);
});

// One op for each form, since every pipeline takes software adapters a second to compile.
it.each(['nt rope', 'nn plain', 'tn gradient-bias'] as const)(
  '%s multiplies in the tiled loop',
  async (of) => {
    for (const shape of shapesOf(of)) await expectRight(of, LIGHT_TILED, shape);
  },
);

it.each([8, 32, 64])('rotates queries and keys of heads of %d', async (size) => {
  await expectRight('nt rope', LIGHT_DIRECT, [7, 6 * size, 5]);
});

describe.each([LIGHT_DIRECT, LIGHT_TILED])('edges of $kind', (v) => {
  it.each(['nn plain', 'tn gradient-bias'] as const)('%s takes a vocabulary of odd size', async (of) => {
    // dx = dlogits W, and dW = dlogits^T x.
    const [m, n, k] = of === 'nn plain' ? [3, 20, 4097] : [4097, 20, 3];
    expect(await matmulError(test.gpu, test.arena, of, { v, m, n, k })).toBeLessThan(2e-5);
  });

  it('leaves gradients as they are where there are no rows', async () => {
    const of = 'tn gradient-bias';
    expect(await matmulError(test.gpu, test.arena, of, { v, m: 9, n: 10, k: 0 })).toBe(0);
  });
});

it('makes logits of a vocabulary of odd size', async () => {
  const shape = { m: 3, n: 4097, k: 20 };
  expect(await matmulError(test.gpu, test.arena, 'nt bias', { v: LIGHT_DIRECT, ...shape })).toBeLessThan(
    2e-5,
  );
});

it.each(['nt activate', 'nn activate-backward'] as const)('%s takes SiLU', async (of) => {
  const shape = { m: 5, n: 18, k: 12, activation: 'silu' } as const;
  expect(await matmulError(test.gpu, test.arena, of, { v: LIGHT_DIRECT, ...shape })).toBeLessThan(2e-5);
});

it.each(['gelu-tanh', 'silu'] as const)(
  '%s and its derivative take values of any size',
  async (activation) => {
    // Up to some 1e12: x^3 overflows f32, and so does exp(x).
    for (const scale of [30, 1e12]) {
      const shape = { m: 5, n: 18, k: 12, activation, scale };
      for (const of of ['nt activate', 'nn activate-backward'] as const) {
        const error = await matmulError(test.gpu, test.arena, of, { v: LIGHT_DIRECT, ...shape });
        expect(error, `${of}, ${scale}`).toBeLessThan(1e-4);
      }
    }
  },
);
