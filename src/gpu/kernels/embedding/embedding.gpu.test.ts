import { describe, expect, it } from 'vitest';
import { embeddingError } from '../../checks/embedding.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

describe.each(['f16', 'f32'] as const)('an embedding in %s', (storage) => {
  it.each([
    [1, 2, 4],
    [2, 3, 68],
    [13, 131, 60],
    [127, 131, 132],
  ])('%d rows of %d tokens, %d values each', async (rows, vocabulary, hidden) => {
    expect(await embeddingError(test.gpu, test.arena, storage, { rows, vocabulary, hidden })).toBe(0);
  });

  it.each([
    [131, 127],
    [131, 64],
    [7, 1],
  ])('%d tokens with at most %d rows of the table in a buffer', async (vocabulary, most) => {
    const problem = { rows: 127, vocabulary, hidden: 60, most };
    expect(await embeddingError(test.gpu, test.arena, storage, problem)).toBe(0);
  });

  it('finds its elements in a grid of two dimensions', async () => {
    const problem = { rows: 7, vocabulary: 7, hidden: 132 };
    // 231 elements: the grid of elementWorkgroups, were a dimension at most 2 workgroups long.
    expect(await embeddingError(test.gpu, test.arena, storage, problem, [2, 2])).toBe(0);
  });
});
