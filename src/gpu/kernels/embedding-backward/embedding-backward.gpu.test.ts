import { expect, it } from 'vitest';
import { embeddingBackwardError, maskedTokens } from '../../checks/embedding-backward.ts';
import { integers } from '../../checks/numbers.ts';
import { useTestGpu } from '../../testing.ts';

const test = useTestGpu();

it.each([
  [1, 2, 4],
  [2, 3, 64],
  [31, 7, 68],
  [33, 131, 132],
  [257, 131, 20],
])('%d rows, %d tokens, %d values each', async (rows, vocabulary, hidden) => {
  const shape = { vocabulary, hidden };
  for (const tokens of [maskedTokens(rows, vocabulary), integers(rows, rows, vocabulary)]) {
    expect(await embeddingBackwardError(test.gpu, test.arena, tokens, shape)).toBeLessThan(2e-6);
  }
});

it('takes as many rows as there are bits for, all of one token', async () => {
  const tokens = new Uint32Array(4096).fill(1);
  expect(
    await embeddingBackwardError(test.gpu, test.arena, tokens, { vocabulary: 3, hidden: 4 }),
  ).toBeLessThan(2e-6);
});
