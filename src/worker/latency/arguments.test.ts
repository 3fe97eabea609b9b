import { describe, expect, it } from 'vitest';
import { checkLatency } from './arguments.ts';
import type { LatencyOptions } from './result.ts';

describe('options of a latency study', () => {
  it('have defaults', () => {
    expect(checkLatency({})).toEqual({
      shape: { name: '169M', hidden: 768, blocks: 12, heads: 12, vocabulary: 50_258 },
      tokens: 128,
      steps: [4, 8, 16, 32, 64, 128, 256, 512, 1024],
      seconds: 10,
      repeats: 5,
    });
  });

  it('may name a shape or give sizes; steps are put in order, each once', () => {
    expect(checkLatency({ shape: '863M' }).shape).toMatchObject({ name: '863M', hidden: 1536, blocks: 24 });
    const sizes = { hidden: 64, blocks: 2, heads: 2, vocabulary: 131 };
    const { shape, steps } = checkLatency({ shape: sizes, steps: [64, 4, 64, 16] });
    expect(shape).toEqual({ name: '64 x 2', ...sizes });
    expect(steps).toEqual([4, 16, 64]);
  });

  const sizes = { hidden: 64, blocks: 2, heads: 2, vocabulary: 131 };
  it.each<[unknown, RegExp]>([
    [{ shape: '170M' }, /shape is "170M": give one of 169M, 424M, 863M, 1.3B/],
    [{ shape: null }, /shape is null/],
    [{ shape: { ...sizes, blocks: 0 } }, /shape.blocks is 0: .* from 1/],
    [{ shape: { ...sizes, hidden: undefined } }, /shape.hidden is missing/],
    [{ shape: { ...sizes, heads: 3 } }, /shape.heads is 3: 64 must divide/],
    [{ shape: { ...sizes, hidden: 512, heads: 2 } }, /multiple of 4 up to 128/],
    [{ tokens: 1 }, /tokens is 1: .* 2 to 1024/],
    [{ tokens: 1025 }, /tokens/],
    [{ steps: [] }, /steps is an array/],
    [{ steps: 4 }, /steps is 4/],
    [{ steps: [4, 0] }, /steps\[1\] is 0: .* 1 to 1024/],
    [{ seconds: 0 }, /seconds is 0/],
    [{ repeats: 0.5 }, /repeats is 0.5/],
  ])('are refused: %j', (options, message) => {
    expect(() => checkLatency(options as LatencyOptions)).toThrow(
      expect.objectContaining({
        name: 'UnmaskError',
        code: 'argument',
        message: expect.stringMatching(message) as unknown,
      }) as Error,
    );
  });
});
