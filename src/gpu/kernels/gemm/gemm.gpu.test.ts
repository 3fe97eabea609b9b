import { describe, expect, it } from 'vitest';
import { gainOf, gemmProblem, GemmRunner } from '../../checks/gemm.ts';
import { useTestGpu } from '../../testing.ts';
import {
  DIRECT,
  DIRECT_HEAD,
  DIRECT_ROW,
  FEW_ROWS,
  gemmUniform,
  HEAD,
  MANY_ROWS,
  ROW,
  variantCost,
  variantRows,
  type GemmVariant,
} from './gemm.ts';

const test = useTestGpu();
const runner = () => new GemmRunner(test.gpu, test.arena);

const TILED = [...new Set([...FEW_ROWS, ...MANY_ROWS, HEAD[0]])];
const nameOf = (v: GemmVariant) => Object.values(v).join(' ');

it.each([...TILED, ...HEAD].map((v) => [nameOf(v), v] as const))(
  '%s stays inside the limits that every device has',
  (_, v) => {
    const { threads, bytes } = variantCost(v, true);
    expect(threads).toBeLessThanOrEqual(256);
    expect(bytes).toBeLessThanOrEqual(16_384);
    expect(threads % (v.chunk / 4)).toBe(0);
    expect(v.chunk % (4 * v.slices)).toBe(0);
  },
);

// With the norm, whose code holds all of the product's: every pipeline takes software adapters seconds to compile.
describe.each([...TILED, DIRECT, DIRECT_HEAD, DIRECT_ROW, ...ROW].map((v) => [nameOf(v), v] as const))(
  'variant %s',
  (_, v) => {
    it('multiplies normalised rows of random and edge shapes', async () => {
      for (const [M, N, K] of [
        [1, 1, 4],
        [7, 17, 60],
        [variantRows(v) + 1, 63, 128],
        [31, 65, 132],
      ] as const) {
        const p = gemmProblem(M, N, K);
        const gain = gainOf(K);
        const error = await runner().plainError(p, { v, storage: 'f32', gain });
        expect(error, `${M}x${N}x${K}`).toBeLessThan(2e-5);
      }
    });

    it('normalises rows far from zero, and rows whose values are all equal', async () => {
      const p = gemmProblem(33, 37, 128);
      const gain = gainOf(p.K);
      // Row 1: mean 1000 times the deviation. Row 2: no deviation at all.
      for (let k = 0; k < p.K; k++) {
        p.x[p.K + k] += 1000;
        p.x[2 * p.K + k] = 3;
      }
      expect(await runner().plainError(p, { v, storage: 'f32', gain })).toBeLessThan(3e-4);
    });
  },
);

describe.each([FEW_ROWS[0], MANY_ROWS[0], DIRECT, ROW[2]].map((v) => [nameOf(v), v] as const))(
  'variant %s without a norm',
  (_, v) => {
    it.each([
      [1, 1, 4],
      [7, 17, 60],
      [variantRows(v) + 1, 63, 128],
      [31, 65, 132],
    ])('multiplies %d x %d, summed over %d', async (M, N, K) => {
      const p = gemmProblem(M, N, K);
      expect(await runner().plainError(p, { v, storage: 'f32' })).toBeLessThan(2e-6 * Math.sqrt(K));
    });
  },
);

describe('storage', () => {
  it('reads f16 weights exactly', async () => {
    const p = gemmProblem(5, 40, 72);
    expect(await runner().plainError(p, { v: FEW_ROWS[0], storage: 'f16' })).toBeLessThan(2e-5);
  });

  it.each([HEAD, [DIRECT, DIRECT_HEAD, DIRECT_ROW], ROW])(
    'gives the same bits for all variants that take rows by their number',
    async (...head) => {
      const p = gemmProblem(19, 70, 192);
      const [first, ...others] = await Promise.all(head.map((v) => runner().plain(p, { v, storage: 'f32' })));
      for (const other of others) expect(other).toEqual(first);
    },
  );

  it('refuses rows that vec4 cannot read', () => {
    expect(() => gemmUniform({ rows: 1, inner: 6, columns: 4 })).toThrow('multiple of 4');
  });
});

describe('output ops', () => {
  const storage = 'f16';

  it.each([FEW_ROWS[5], DIRECT, ROW[1]])('applies GELU to values of any size', async (v) => {
    const p = gemmProblem(6, 24, 16);
    // Up to 1e12: x^3 overflows f32.
    p.bias = Float32Array.from({ length: p.N }, (_, n) => (n % 2 ? -1 : 1) * 10 ** (n / 2 - 1));
    expect(await runner().geluError(p, { v, storage })).toBeLessThan(1e-5);
  });

  it.each([FEW_ROWS[5], DIRECT, ROW[1]])('adds a gated residual in place, a gate per sample', async (v) => {
    const p = gemmProblem(10, 36, 20);
    expect(await runner().residualError(p, { v, storage })).toBeLessThan(1e-5);
  });

  it.each([FEW_ROWS[5], DIRECT, ROW[0]])(
    'works on a span of every sample, and leaves the rest',
    async (v) => {
      const p = gemmProblem(14, 24, 20);
      for (const span of [
        { first: 2, count: 3 },
        { first: 6, count: 1 },
      ]) {
        const settings = { v, storage, span } as const;
        expect(await runner().geluError(p, settings)).toBeLessThan(1e-5);
        expect(await runner().residualError(p, settings)).toBeLessThan(1e-5);
        expect(await runner().ropeError(p, 8, settings)).toBeLessThan(1e-5);
      }
    },
  );

  it.each([32, 48, 64, 96, 128])('rotates queries and keys with heads of size %d', async (size) => {
    const p = gemmProblem(10, 3 * 2 * size, 32);
    const v = size === 64 ? FEW_ROWS[5] : size === 96 ? ROW[2] : DIRECT;
    expect(await runner().ropeError(p, size, { v, storage })).toBeLessThan(1e-5);
  });
});
