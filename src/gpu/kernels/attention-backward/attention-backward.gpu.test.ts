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
    expect(await error(shape, { software: true })).toBeLessThan(5e-6);
  });

  it.each([7, 40])('length %d, as short texts on a GPU', async (length) => {
    expect(await error({ samples: 2, length, heads: 2, size: 20, causal })).toBeLessThan(5e-6);
  });

  it('keeps the log-sum-exp in the forward pass', async () => {
    for (const length of [1, 45]) {
      const shape = { samples: 2, length, heads: 3, size: 20, causal };
      const run = { save: true, software: true };
      expect(await attentionError(test.gpu, test.arena, shape, run)).toBeLessThan(3e-6);
    }
  });
});

it('length 131, as long texts on a GPU', async () => {
  expect(await error({ samples: 1, length: 131, heads: 1, size: 12 })).toBeLessThan(5e-6);
});

it.each([120, 128])('heads of %d', async (size) => {
  expect(await error({ samples: 1, length: 19, heads: 1, size })).toBeLessThan(5e-6);
});

it('scores of up to a thousand, of which one key takes all', async () => {
  const shape = { samples: 1, length: 33, heads: 1, size: 32 };
  console.log(await error(shape, { software: true, scale: 15 }));
  expect(await attentionError(test.gpu, test.arena, shape, { save: true, scale: 15 })).toBeLessThan(5e-3);
});
