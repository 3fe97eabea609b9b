import { beforeAll, describe, expect, it } from 'vitest';
import { chiSquareTest } from '../../../testing/statistics.ts';
import { tokenBits } from '../../random.ts';
import { useTestGpu } from '../../testing.ts';
import { DIRECT_HEAD, HEAD, type VariantOf } from '../gemm/gemm.ts';
import { argmax } from './sample.reference.ts';
import {
  entries,
  exactHead,
  HeadRunner,
  randomHead,
  randomLogits,
  SEED,
  selection,
  UNTOUCHED,
} from '../../checks/head.ts';
import { scoreError, SUMMED_DRAWS } from '../../checks/sample.ts';
import { check } from './sample.testing.ts';
import { ARGMAX_ROW } from './sample.ts';

const test = useTestGpu();
let runner: HeadRunner;

beforeAll(() => {
  runner = new HeadRunner(test.gpu, test.arena);
});

describe.each([HEAD[1], DIRECT_HEAD].map((v) => [v.kind, v] as const))('sample by a %s head', (_, v) => {
  it.each([2, 3, 65, 131, 4097])('draws what the CPU draws from %d tokens', async (vocabulary) => {
    const [rows, length] = [42, 7];
    const chosen = entries(rows);
    for (const temperature of vocabulary < 1000 ? [0.1, 1, 2] : [1]) {
      const head = exactHead(randomLogits(vocabulary, 10 * temperature), rows, length);
      const selections = [
        selection({ count: 3, temperature, firstSample: 2 }),
        selection({ start: 3, count: 37, temperature, firstSample: 2 }),
      ];
      const { drawn, tokens } = await runner.sample(head, v, chosen, selections);
      for (const s of selections) check(drawn, chosen, head, s);
      // Each row holds its token, and the others were left alone.
      const expected = new Uint32Array(rows).fill(UNTOUCHED);
      chosen.forEach((entry, i) => {
        expected[entry & ~ARGMAX_ROW] = drawn[i].token;
      });
      expect(tokens).toEqual(expected);
      expect(tokens).toContain(UNTOUCHED);
    }
  });

  it.each([
    ['all equal', [7, 7, 7, 7, 7, 7], 0],
    ['one towering over the rest', [-1e4, 1e4, 0, 1e4 - 200, 0, 2e4], 1],
    ['all far below 0', [-1e4, -1e4, -1e4, -9998, -1e4, 0], 3],
    ['ties of the likeliest', [0, 3, 1, 3, 3, 9], 1],
  ])('takes logits %s', async (_name, logits, likeliest) => {
    const head = exactHead(logits, 20);
    const chosen = Uint32Array.from({ length: 20 }, (_value, row) => (row < 19 ? row : row + ARGMAX_ROW));
    const s = selection({ count: 20 });
    const { drawn } = await runner.sample(head, v, chosen, [s]);
    check(drawn, chosen, head, s);
    expect(drawn[19].token).toBe(likeliest);
  });

  it('takes the first of tokens that tie, wherever their tiles are merged', async () => {
    const logits = new Float32Array(2100);
    for (const token of [40, 700, 2060]) logits[token] = 3;
    const { drawn } = await runner.sample(exactHead(logits, 1), v, Uint32Array.of(ARGMAX_ROW), [
      selection({ count: 1 }),
    ]);
    expect(drawn[0].token).toBe(40);
  });

  it.each([
    ['one token', [3, 9], 0],
    ['one token by far', [0, 900, 3, 900 - 200, 9], 0],
    ['equal tokens', new Array<number>(1025).fill(-7), Math.log(1024)],
    ['two of a thousand', [50, 50, ...new Array<number>(1000).fill(0), 9], Math.log(2)],
  ])('knows the entropy of %s', async (_name, logits, entropy) => {
    const rows = Uint32Array.of(0, 1, 2 + ARGMAX_ROW);
    const { drawn } = await runner.sample(exactHead(logits, 3), v, rows, [selection({ count: 3 })]);
    for (const draw of drawn) {
      expect(draw.entropy).toBeGreaterThanOrEqual(0);
      expect(Object.is(draw.entropy, -0)).toBe(false);
      expect(Math.abs(draw.entropy - entropy)).toBeLessThan(5e-6);
    }
  });

  it('draws by the seed, the sample, the temperature and the number of the draw of its selection', async () => {
    const head = exactHead(randomLogits(65), 50, 10);
    const rows = Uint32Array.from({ length: 50 }, (_value, i) => i);
    const selections = [
      selection({ count: 10 }),
      selection({ start: 10, count: 10, firstSample: 1 }),
      selection({ start: 20, count: 10, seed: 1 }),
      selection({ start: 30, count: 10, temperature: 1.7, firstSample: 0xfffffff0 }),
      selection({ start: 40, count: 10, draw: 1024 }),
    ];
    const { drawn } = await runner.sample(head, v, rows, selections);
    for (const s of selections) check(drawn, rows, head, s);
  });
});

it('draws what the CPU draws from features, the same with all variants that share bits', async () => {
  const head = randomHead(131, 42, 7);
  const rows = entries(42);
  const selections = [selection({ count: 9 }), selection({ start: 9, count: 31 })];
  const drawWith = async (v: VariantOf<'sample'>) => {
    const { drawn } = await runner.sample(head, v, rows, selections);
    // Logits carry the rounding of a sum over 132 values.
    for (const s of selections) check(drawn, rows, head, s, SUMMED_DRAWS);
    return drawn;
  };
  const [low, middle, tall] = await Promise.all(HEAD.map(drawWith));
  await drawWith(DIRECT_HEAD);
  // Tokens and chances, to the last bit.
  expect(middle).toEqual(low);
  expect(tall).toEqual(low);
});

it.each([HEAD[0], DIRECT_HEAD].map((v) => [v.kind, v] as const))(
  'a %s head has the same bits in pieces',
  async (_, v) => {
    // The last piece has three columns, one of them the mask's.
    const head = randomHead(131, 42, 7);
    const [rows, draws] = [
      entries(42),
      [selection({ count: 9 }), selection({ start: 9, count: 31, topP: 0.9 })],
    ];
    const tokens = Uint32Array.from({ length: 42 }, (_value, row) => (29 * row) % 130);
    const ask = async (most?: number) => {
      const own = new HeadRunner(test.gpu, test.arena, 'f32', most);
      return {
        sample: await own.sample(head, v, rows, draws),
        score: await own.score(
          head,
          v,
          rows.map((entry) => entry & ~ARGMAX_ROW),
          tokens,
          draws,
        ),
        nucleus: await own.nucleus(head, v, rows, draws),
        logits: await own.logits(head, v, rows, { ...draws[1], stride: 132 }),
      };
    };
    expect(await ask(64)).toEqual(await ask());
  },
);

describe.each([HEAD[0], DIRECT_HEAD].map((v) => [v.kind, v] as const))('score by a %s head', (_, v) => {
  it.each([2, 3, 65, 131, 4097])('tells how likely each of %d tokens is after the row before', async (n) => {
    for (const seed of [1, 2]) {
      expect(await scoreError(runner, v, exactHead(randomLogits(n, seed), 16, 4), seed)).toBeLessThan(1e-5);
    }
  });

  it('knows chances that f32 does not hold, and certainty', async () => {
    const steep = exactHead([0, -500, -5000, 9], 4);
    const rows = Uint32Array.of(1, 2, 3);
    const tokens = Uint32Array.of(0, 1, 2, 0);
    const [unlikely, never, certain] = await runner.score(steep, v, rows, tokens, [
      selection({ count: 3, lag: 1 }),
    ]);
    expect([unlikely.nll, never.nll, certain.nll]).toEqual([500, 5000, 0]);
    expect(Object.is(certain.nll, -0)).toBe(false);
    expect(unlikely.entropy).toBe(0);
  });
});

describe('the law of the tokens', () => {
  // Half the mass on 10 tokens; 200 that come once in 50,000 draws each, 80 times in all.
  const chances = [
    ...Array.from({ length: 10 }, (_, i) => (i + 1) / 55),
    ...new Array<number>(200).fill(2e-5),
  ];
  const mass = chances.reduce((sum, chance) => sum + chance, 0);
  const law = chances.map((chance) => chance / mass);
  const [samples, length] = [100, 200];
  const rows = samples * length;
  const chosen = Uint32Array.from({ length: rows }, (_, i) => i);

  const fit = (tokens: ArrayLike<number>): number => {
    const counts = new Float64Array(law.length);
    for (let i = 0; i < tokens.length; i++) counts[tokens[i]] += 1;
    return chiSquareTest(counts, law);
  };

  it('is softmax, rare tokens included', async () => {
    const logits = [...law.map(Math.log), 5];
    const head = exactHead(logits, rows, length);
    const s = selection({ count: rows });
    const { tokens } = await runner.sample(head, DIRECT_HEAD, chosen, [s]);
    expect(fit(tokens)).toBeGreaterThan(1e-3);
    // Wrong twin: a temperature of 1.1, on a quarter of the rows.
    const warm = await runner.sample(head, DIRECT_HEAD, chosen, [{ ...s, count: 5000, temperature: 1.1 }]);
    expect(fit(warm.tokens.subarray(0, 5000))).toBeLessThan(1e-6);
  });

  it('would not be, with noise of 12 bits: rare tokens never come', () => {
    const coarse = (bits: number) => -Math.log1p(-((bits >>> 20) + 0.5) / 4096);
    const tokens = Uint32Array.from(chosen, (row) =>
      argmax(law.length, (v) => {
        const bits = tokenBits(SEED, Math.floor(row / length), row % length, v);
        return -coarse(bits) / law[v];
      }),
    );
    expect(fit(tokens)).toBeLessThan(1e-6);
  });
});
