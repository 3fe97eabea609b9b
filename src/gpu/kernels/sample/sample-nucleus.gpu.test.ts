import { beforeAll, describe, expect, it } from 'vitest';
import { chiSquareTest } from '../../../testing/statistics.ts';
import { useTestGpu } from '../../testing.ts';
import { DIRECT_HEAD, HEAD } from '../gemm/gemm.ts';
import { argmax, tokenProbabilities } from './sample.reference.ts';
import {
  entries,
  exactHead,
  HeadRunner,
  randomHead,
  randomLogits,
  selection,
  UNTOUCHED,
} from '../../checks/head.ts';
import { logitsError, SUMMED_DRAWS } from '../../checks/sample.ts';
import { check } from './sample.testing.ts';
import { ARGMAX_ROW } from './sample.ts';

const test = useTestGpu();
let runner: HeadRunner;

beforeAll(() => {
  runner = new HeadRunner(test.gpu, test.arena);
});

describe.each([HEAD[1], DIRECT_HEAD].map((v) => [v.kind, v] as const))('logits of a %s head', (_, v) => {
  it.each([
    [3, 4],
    [65, 72],
    [131, 132],
  ])('of %d tokens are stored for the chosen rows, %d values apart', async (vocabulary, stride) => {
    expect(await logitsError(runner, v, { vocabulary, stride })).toBeLessThan(2e-5);
  });
});

describe('top-p', () => {
  it.each([2, 3, 65, 131, 4097])('draws what the CPU draws from %d tokens', async (vocabulary) => {
    const [rows, length] = [42, 7];
    const chosen = entries(rows);
    for (const [topP, temperature] of [
      [0.3, 1],
      [0.9, 0.7],
      [0.95, 2],
      [0.999999, 1],
    ]) {
      const head = exactHead(randomLogits(vocabulary, Math.ceil(10 * topP)), rows, length);
      const base = { topP, temperature, firstSample: 2 };
      const selections = [
        selection({ ...base, count: 3 }),
        selection({ ...base, start: 3, count: chosen.length - 3 }),
      ];
      const { drawn, tokens } = await runner.nucleus(head, DIRECT_HEAD, chosen, selections);
      for (const s of selections) check(drawn, chosen, head, s);
      const expected = new Uint32Array(rows).fill(UNTOUCHED);
      chosen.forEach((entry, i) => {
        expected[entry & ~ARGMAX_ROW] = drawn[i].token;
      });
      expect(tokens).toEqual(expected);
    }
  });

  it('draws from features, each row from its own nucleus', async () => {
    const head = randomHead(131, 42, 7);
    const rows = entries(42);
    const s = selection({ count: rows.length, topP: 0.9, draw: 3 });
    const { drawn } = await runner.nucleus(head, DIRECT_HEAD, rows, [s]);
    check(drawn, rows, head, s, SUMMED_DRAWS);
  });

  it('is argmax when it is tiny, and certain of it', async () => {
    const logits = randomLogits(131);
    const rows = Uint32Array.from({ length: 40 }, (_, i) => i);
    const { drawn } = await runner.nucleus(exactHead(logits, 40), DIRECT_HEAD, rows, [
      selection({ count: 40, topP: 1e-6 }),
    ]);
    const token = argmax(130, (v) => logits[v]);
    expect(drawn).toEqual(
      Array.from(rows, (row) => ({ row, token, probability: 1, entropy: expect.closeTo(0, 6) as number })),
    );
  });

  it.each([
    ['all equal', [7, 7, 7, 7, 7, 7]],
    ['one towering over the rest', [-1e4, 1e4, 0, 1e4 - 2, 0, 2e4]],
    ['all far below 0', [-1e4, -1e4 - 1, -1e4, -9999, -1e4 - 2, 0]],
    ['around 0', [0, 0, -1, 1, 0, 9]],
  ])('takes logits %s', async (_name, logits) => {
    const head = exactHead(logits, 20);
    const rows = Uint32Array.from({ length: 20 }, (_, row) => (row < 18 ? row : row + ARGMAX_ROW));
    const s = selection({ count: 20, topP: 0.6 });
    const { drawn } = await runner.nucleus(head, DIRECT_HEAD, rows, [s]);
    check(drawn, rows, head, s);
  });

  it('draws by the law of the nucleus, with all that tie at its edge', async () => {
    // 0.3 and three of five ties of 0.1 would reach 0.55; all five belong to it.
    const chances = [0.05, 0.1, 0.1, 0.05, 0.3, 0.1, 0.1, 0.05, 0.1, 0.05];
    const logits = [...chances.map(Math.log), 5];
    const law = tokenProbabilities(logits, 10, 1, 0.55);
    expect(law.filter((chance) => chance > 0).length).toBe(6);
    const count = 1000;
    const rows = Uint32Array.from({ length: count }, (_, i) => i);
    const head = exactHead(logits, count, 50);
    const fit = async (topP: number) => {
      const { tokens } = await runner.nucleus(head, DIRECT_HEAD, rows, [selection({ count, topP })]);
      const counts = new Float64Array(11);
      tokens.forEach((token) => {
        counts[token] += 1;
      });
      return chiSquareTest(counts, law);
    };
    expect(await fit(0.55)).toBeGreaterThan(1e-3);
    // Wrong twin: a nucleus of 0.85 takes in the tokens of 0.05.
    expect(await fit(0.85)).toBeLessThan(1e-6);
  });
});
