import { describe, expect, it } from 'vitest';
import { attentionBackwardError, type AttentionBackwardRun } from '../../checks/attention-backward.ts';
import { attentionError, type AttentionShape } from '../../checks/attention.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

const error = (shape: AttentionShape, run?: AttentionBackwardRun): Promise<number> =>
  attentionBackwardError(test.gpu, test.arena, shape, run);

describe.each([false, true])('causal: %j', (causal) => {
  it.each([1, 2, 17, 33, 67])('length %d on software adapters', async (length) => {
    const shape = { samples: 2, length, heads: 2, size: 32, causal };
    expect(await error(shape, { software: true })).toBeLessThan(3e-6);
  });
});

it('is given the log-sum-exp by the forward pass', async () => {
  for (const length of [1, 45]) {
    const shape = { samples: 2, length, heads: 3, size: 20, causal: true };
    const run = { save: true, software: true };
    expect(await attentionError(test.gpu, test.arena, shape, run)).toBeLessThan(3e-6);
  }
});

it.each([12, 128])('heads of %d on software adapters', async (size) => {
  const shape = { samples: 1, length: 19, heads: 2, size };
  expect(await error(shape, { software: true })).toBeLessThan(3e-6);
});

it('scores of hundreds, of which one key takes nearly all', async () => {
  const shape = { samples: 1, length: 33, heads: 1, size: 32 };
  // Scores of up to a thousand carry an error of 1e-4, and so do the chances of keys that nearly tie.
  expect(await error(shape, { software: true, scale: 15 })).toBeLessThan(1e-3);
});

// Small heads and tiles, since the software adapter takes seconds to compile what is written out of larger ones.
describe('by tiles, as on a GPU', () => {
  it.each([7, 40])('causal, length %d, a short text', async (length) => {
    expect(await error({ samples: 2, length, heads: 2, size: 20, causal: true })).toBeLessThan(3e-6);
  });

  it('length 67, two rows a thread', async () => {
    const variant = { kind: 'tiled', rows: 16, tile: 16, rowsPerThread: 2 } as const;
    expect(await error({ samples: 1, length: 67, heads: 1, size: 12 }, { variant })).toBeLessThan(3e-6);
  });

  it('heads of 36, whose vec4s no eight lanes divide', async () => {
    const variant = { kind: 'tiled', rows: 8, tile: 8, rowsPerThread: 1 } as const;
    expect(await error({ samples: 1, length: 19, heads: 2, size: 36 }, { variant })).toBeLessThan(3e-6);
  });
});
