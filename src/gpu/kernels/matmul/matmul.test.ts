import { describe, expect, it } from 'vitest';
import { MATMUL_OPS, matmulOp } from '../../checks/matmul.ts';
import { normals } from '../../checks/numbers.ts';
import { ACTIVATION_REFERENCE, product } from './matmul.reference.ts';
import {
  ACTIVATIONS,
  DIRECT,
  matmulConstants,
  matmulCost,
  matmulUniforms,
  matmulVariant,
  matmulWorkgroups,
  TILED,
  type Activation,
} from './matmul.ts';

describe('references', () => {
  it.each(Object.keys(ACTIVATIONS) as Activation[])('%s has the derivative of finite differences', (name) => {
    const act = ACTIVATION_REFERENCE[name];
    const h = 1e-5;
    for (let x = -8; x <= 8; x += 0.37) {
      expect(Math.abs((act.of(x + h) - act.of(x - h)) / (2 * h) - act.derivative(x)), `at ${x}`).toBeLessThan(
        1e-9,
      );
    }
  });

  it('nn and tn are the gradients of nt', () => {
    // L = sum of dy y, y = x w^T: dL/dx = dy w, dL/dw = dy^T x.
    const [rows, outputs, inputs] = [3, 5, 4];
    const [x, w, dy] = [rows * inputs, outputs * inputs, rows * outputs].map((count, i) =>
      Float64Array.from(normals(i, count)),
    );
    const loss = (): number =>
      product('nt', x, w, { m: rows, n: outputs, k: inputs }).reduce((sum, y, i) => sum + dy[i] * y, 0);
    const differences = (values: Float64Array): Float64Array =>
      values.map((value, i) => {
        const h = 1e-4;
        values[i] = value + h;
        const above = loss();
        values[i] = value - h;
        const below = loss();
        values[i] = value;
        return (above - below) / (2 * h);
      });
    const dx = product('nn', dy, w, { m: rows, n: inputs, k: outputs });
    const dw = product('tn', dy, x, { m: outputs, n: inputs, k: rows });
    for (const [i, d] of differences(x).entries()) expect(dx[i]).toBeCloseTo(d, 8);
    for (const [i, d] of differences(w).entries()) expect(dw[i]).toBeCloseTo(d, 8);
  });
});

describe('variants', () => {
  it.each(TILED)('$tileM x $tileN stays inside the limits that every device has', (v) => {
    for (const form of ['nt', 'nn', 'tn'] as const) {
      const { threads, bytes } = matmulCost(form, v);
      expect(threads).toBeLessThanOrEqual(256);
      expect(bytes).toBeLessThanOrEqual(16_384);
      expect(v.chunk % (4 * v.slices)).toBe(0);
      // Each thread keeps to one vec4 of the tile's rows, whose sums of columns it has.
      expect(threads % (v.tileM / 4)).toBe(0);
      expect(bytes / 16).toBeGreaterThanOrEqual(threads);
    }
  });

  it('take larger tiles where these are enough workgroups', () => {
    const tile = (m: number, n: number): unknown => {
      const v = matmulVariant({ m, n }, false);
      return v.kind === 'tiled' ? [v.tileM, v.tileN] : v.kind;
    };
    expect(tile(1024, 768)).toEqual([64, 64]);
    expect(tile(256, 768)).toEqual([32, 32]);
    expect(tile(128, 256)).toEqual([16, 32]);
    expect(matmulVariant({ m: 1024, n: 768 }, true)).toBe(DIRECT);
  });

  it('cover every row and column', () => {
    expect(matmulWorkgroups(TILED[1], 33, 4097)).toEqual([129, 2]);
    expect(matmulWorkgroups(DIRECT, 9, 4097)).toEqual([17, 2]);
    expect(matmulWorkgroups(DIRECT, 0, 64)).toEqual([1, 0]);
  });

  it('bind no more storage buffers than every device takes', () => {
    for (const of of MATMUL_OPS) {
      const { tiled } = matmulOp(of).kernels;
      const kinds = Object.values(tiled.bindings);
      expect(kinds.filter((kind) => kind.startsWith('read')).length, of).toBeLessThanOrEqual(8);
    }
  });

  it('refuse heads whose halves are no whole vec4', () => {
    expect(() => matmulConstants('nt', DIRECT, { headSize: 12 })).toThrow('12 values: not a multiple of 8');
  });
});

describe('matmulUniforms', () => {
  const shape = { m: 7, n: 5, k: 3, aStride: 4, bStride: 8, yStride: 12 };

  it('puts each shape at an offset of its own, and takes all rows for one text and one group', () => {
    const words = matmulUniforms([shape, { ...shape, firstA: 1, firstB: 2, firstY: 10, gateOffset: 16 }]);
    expect(words).toHaveLength(128);
    expect([...words.subarray(0, 13)]).toEqual([7, 5, 3, 4, 8, 12, 0, 0, 0, 7, 7, 0, 0]);
    expect([...words.subarray(64, 77)]).toEqual([7, 5, 3, 4, 8, 12, 1, 2, 10, 17, 17, 0, 16]);
  });

  it.each(['aStride', 'bStride', 'yStride', 'gateStride', 'gateOffset'])('refuses a %s of 6', (name) => {
    expect(() => matmulUniforms([{ ...shape, [name]: 6 }])).toThrow(`${name} 6: not a multiple of 4`);
  });
});
