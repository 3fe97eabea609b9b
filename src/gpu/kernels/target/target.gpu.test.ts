import { expect, it } from 'vitest';
import { chiSquareTest } from '../../../testing/statistics.ts';
import { randomTargets, runTarget, targetErrors } from '../../checks/target.ts';
import { useTestGpu } from '../../testing.ts';
import { tokenProbabilities } from '../sample/sample.reference.ts';

const test = useTestGpu();

it.each([
  [2, 4],
  [4, 8],
  [131, 132],
  [1023, 1024],
  [1026, 1028],
  [50_258, 50_260],
])('targets of %d tokens, %d values apart, and draws from them', async (vocabulary, stride) => {
  const of = randomTargets(vocabulary, stride, 3);
  const { logProbability, wrong } = await targetErrors(test.gpu, test.arena, of);
  expect(logProbability).toBeLessThan(2e-6);
  expect(wrong).toBe(0);
});

it.each([
  ['all equal', [7, 7, 7, 7, 7, 7]],
  ['one towering over the rest', [-1e4, 1e4, 0, 1e4 - 2, 0, 2e4]],
  ['all far below 0', [-1e4, -1e4 - 1, -1e4, -9999, -1e4 - 2, 0]],
  ['a mask that is the likeliest by far', [0, 1, 2, 3, 4, 1e5]],
])('takes logits %s', async (_name, row) => {
  const logits = Float32Array.from({ length: 8 * 9 }, (_, i) => row[i % 8] ?? 0);
  const of = { logits, vocabulary: 6, stride: 8, first: 1, count: 7, length: 9, draw: 0 };
  expect(await targetErrors(test.gpu, test.arena, of)).toEqual({
    logProbability: expect.closeTo(0, 6) as number,
    wrong: 0,
  });
});

it('draws by the law of the target', async () => {
  const chances = [0.02, 0.3, 0.08, 0.2, 0.15, 0.04, 0.21];
  const row = [...chances.map(Math.log), 5];
  const slots = 500;
  const logits = Float32Array.from({ length: 8 * slots }, (_, i) => row[i % 8]);
  const of = { logits, vocabulary: 8, stride: 8, first: 0, count: slots, length: 50, draw: 0 };
  const { tokens } = await runTarget(test.gpu, test.arena, of);
  const counts = new Float64Array(8);
  tokens.forEach((token) => (counts[token] += 1));
  expect(chiSquareTest(counts, [...chances, 0])).toBeGreaterThan(1e-3);
  // Wrong twin: a temperature of 0.7.
  expect(chiSquareTest(counts, tokenProbabilities(row, 7, 0.7, 1))).toBeLessThan(1e-6);
});
