import { describe, expect, it } from 'vitest';
import { ATTENTION } from '../src/gpu/kernels/attention/attention.ts';
import { EMBEDDING } from '../src/gpu/kernels/embedding/embedding.ts';
import { GEMM_KERNELS } from '../src/gpu/kernels/gemm/gemm.ts';
import { SAMPLE_MERGE } from '../src/gpu/kernels/sample/sample.ts';
import { RELEASED_SMALL } from '../src/model/checkpoint/released-shapes.ts';
import { passCost } from '../src/model/network/cost.ts';
import { kernelCost } from './kernel-cost.ts';

/** Names of the kernels of a pass, one for each part. */
function kernelsOf(kind: 'tiled' | 'direct', storage: 'f16' | 'f32'): string[] {
  const { rope, residual, gelu, sample } = GEMM_KERNELS;
  const layers = [rope, residual, gelu, sample].map((op) => op[kind][storage].name);
  return [EMBEDDING[storage].name, ATTENTION.name, ...layers, SAMPLE_MERGE.name];
}

describe('the cost of kernels', () => {
  it.each([
    ['tiled', 'f16', 32, 32],
    ['direct', 'f16', 128, 16],
    ['tiled', 'f32', 1, 1],
    ['direct', 'f32', 1024, 128],
  ] as const)('adds up to that of their pass: %s, %s, %i tokens, %i drawn', (kind, storage, length, rows) => {
    const bytes = storage === 'f16' ? 2 : 4;
    const costs = kernelsOf(kind, storage).map((name) =>
      kernelCost(name, RELEASED_SMALL, length, rows, bytes),
    );
    const sum = (of: 'operations' | 'weightBytes') =>
      costs.reduce((total, cost) => total + (cost?.[of] ?? 0), 0);
    const pass = passCost(RELEASED_SMALL, length, rows, bytes);
    expect(sum('operations')).toBe(pass.operations);
    expect(sum('weightBytes')).toBe(pass.weightBytes);
  });

  const cost = (name: string) => kernelCost(name, RELEASED_SMALL, 32, 4, 2);
  const d = 768;

  it('counts what a kernel reads and writes, and its operations', () => {
    // By hand: q and k are L x d in each block; 12 blocks, f32.
    expect(cost('attention')).toEqual({
      ...{ operations: 12 * 2 * (2 * 32 * 32 * d), weightBytes: 0 },
      activationBytes: 4 * 12 * 32 * (3 * d + d),
    });
    expect(cost(GEMM_KERNELS.gelu.tiled.f16.name)).toEqual({
      ...{ operations: 12 * 2 * 32 * d * 4 * d, weightBytes: 2 * 12 * 4 * d * d },
      activationBytes: 4 * 12 * 32 * (d + 4 * d),
    });
    // Attention's output and the MLP's second layer are launches of one kernel, and each reads what it adds to.
    expect(cost(GEMM_KERNELS.residual.tiled.f16.name)?.activationBytes).toBe(
      4 * 12 * 32 * (d + d + d + (4 * d + d + d)),
    );
    expect(cost(GEMM_KERNELS.sample.tiled.f16.name)?.operations).toBe(2 * 4 * d * 50_258);
  });

  it('says nothing of kernels that it does not know', () => {
    expect(cost(SAMPLE_MERGE.name)).toBeUndefined();
    expect(cost('select')).toBeUndefined();
  });
});
