import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTest } from '../testing/statistics.ts';
import {
  corruptionBits,
  derivedSeed,
  exponential,
  orderBits,
  parameterBits,
  planBits,
  timeBits,
  threefry2x32,
  tokenBits,
  POSITIONS,
  tokenBitsPair,
  uniform,
  type Words,
} from './random.ts';

const LARGEST = 2 ** 32 - 1;

/** Where an approximation would break: the ends, powers of two and their neighbours, and their complements. */
const EDGES = [
  ...new Set(
    Array.from({ length: 32 }, (_, k) => 2 ** k).flatMap((power) =>
      [power - 1, power, power + 1].flatMap((r) => [r, LARGEST - r]),
    ),
  ),
];

describe('threefry2x32', () => {
  // Known answers published with Random123 (kat_vectors, threefry2x32 20).
  it.each<[Words, Words, Words]>([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [LARGEST, LARGEST],
      [LARGEST, LARGEST],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('key %j, counter %j', (key, counter, expected) => {
    expect(threefry2x32(key, counter)).toEqual(expected);
  });
});

describe('streams', () => {
  it('takes both words of a counter for two tokens', () => {
    expect(tokenBitsPair(7, 1, 5, 10)).toEqual([tokenBits(7, 1, 5, 20), tokenBits(7, 1, 5, 21)]);
    expect(tokenBits(7, 1, 5, 21)).toBe(threefry2x32([7, 1], [5, 10])[1]);
  });

  it('gives each draw for a position noise of its own, below 2^16 of both', () => {
    expect(tokenBitsPair(7, 1, 5, 10, 0)).toEqual(tokenBitsPair(7, 1, 5, 10));
    expect(tokenBitsPair(7, 1, 65535, 10, 65535)).toEqual(threefry2x32([7, 1], [LARGEST, 10]));
    expect(tokenBits(7, 1, 5, 21, 3)).toBe(threefry2x32([7, 1], [5 + 3 * POSITIONS, 10])[1]);
  });

  it('keeps the plan apart from every token', () => {
    expect(planBits(7, 1, 5)).toBe(threefry2x32([7, 1], [5, 0x80000000])[0]);
    // The largest token id there could be stays below the plan's counter.
    expect(LARGEST >>> 1).toBeLessThan(0x80000000);
    expect(tokenBits(7, 1, 5, LARGEST)).toBe(threefry2x32([7, 1], [5, 0x7fffffff])[1]);
  });

  it('keeps what training draws apart from plan, tokens and each other', () => {
    const streams = [
      corruptionBits(7, 1, 0)[0],
      timeBits(7, 1),
      orderBits(7, 1, 0),
      derivedSeed(7, 1),
      parameterBits(7, 1, 0)[0],
    ];
    const words = [1, 2, 3, 4, 5].map((stream) => threefry2x32([7, 1], [0, 0x80000000 + stream])[0]);
    expect(streams).toEqual(words);
    expect(new Set([...words, corruptionBits(7, 1, 0)[1], planBits(7, 1, 0)]).size).toBe(7);
    expect(corruptionBits(7, 1, 5)).toEqual(threefry2x32([7, 1], [5, 0x80000001]));
    expect(orderBits(7, 2, 5)).toBe(threefry2x32([7, 2], [5, 0x80000003])[0]);
    expect(parameterBits(7, 2, 5)).toEqual(threefry2x32([7, 2], [5, 0x80000005]));
  });

  type Draw = (sample: number, position: number, token: number) => number;
  const ours: Draw = (sample, position, token) => tokenBits(11, sample, position, token);
  /** The wrong twin adds what belongs into separate words: neighbours on a diagonal share their noise. */
  const tangled: Draw = (sample, position, token) =>
    threefry2x32([11, 0], [sample + position, token >>> 1])[token & 1];

  /** p-value that the top bits of two draws, `lag` apart, are independent and uniform. */
  function independence(draw: Draw, [ds, dp, dt]: readonly [number, number, number]): number {
    const counts = new Float64Array(256);
    for (let i = 0; i < 8192; i++) {
      const [sample, position, token] = [100 + (i & 31), (i >> 5) & 31, i >> 10];
      const a = draw(sample, position, token) >>> 28;
      const b = draw(sample + ds, position + dp, token + dt) >>> 28;
      counts[16 * a + b] += 1;
    }
    return chiSquareTest(counts, new Float64Array(256).fill(1 / 256));
  }

  const lags = [
    [0, 0, 1],
    [0, 0, 2],
    [0, 1, 0],
    [1, 0, 0],
    [-1, 1, 0],
    [0, -1, 2],
  ] as const;

  it.each(lags)('is independent over samples, positions and tokens: lag %d, %d, %d', (...lag) => {
    expect(independence(ours, lag)).toBeGreaterThan(1e-3);
  });

  it('rejects a generator that mixes sample and position', () => {
    expect(independence(tangled, [-1, 1, 0])).toBeLessThan(1e-12);
  });

  it('keeps plan and tokens independent', () => {
    const counts = new Float64Array(256);
    for (let i = 0; i < 8192; i++) {
      counts[16 * (planBits(3, i >> 5, i & 31) >>> 28) + (tokenBits(3, i >> 5, i & 31, 0) >>> 28)] += 1;
    }
    expect(chiSquareTest(counts, new Float64Array(256).fill(1 / 256))).toBeGreaterThan(1e-3);
  });
});

describe('exponential', () => {
  it('comes from a uniform strictly between 0 and 1, without rounding', () => {
    expect(uniform(0)).toBe(2 ** -33);
    expect(uniform(LARGEST)).toBe(1 - 2 ** -33);
    // -log1p(-v) = v + v^2 / 2 + ...
    expect(exponential(0) / (2 ** -33 + 2 ** -67)).toBeCloseTo(1, 15);
    expect(exponential(LARGEST)).toBeCloseTo(33 * Math.LN2, 12);
  });

  const { fround, log } = Math;
  const f = (operation: number) => fround(operation);

  /** The formula of random.wgsl, each operation rounded to float32. */
  function shader(r: number): number {
    if (r >= 0x80000000) return f(-log(f(f(f(LARGEST - r) + 0.5) * 2 ** -32)));
    const v = f(f(f(r) + 0.5) * 2 ** -32);
    const z = f(v / f(2 - v));
    const y = f(z * z);
    let series = f(f(1 / 11) + f(y * f(1 / 13)));
    for (const odd of [9, 7, 5, 3]) series = f(f(1 / odd) + f(y * series));
    return f(f(2 * z) * f(1 + f(y * series)));
  }

  /** The wrong twin: a float32 uniform and its complement, as code for GPUs usually has it. */
  function naive(r: number): number {
    const u = f(f(f(r) + 0.5) * 2 ** -32);
    return f(-log(f(1 - u)));
  }

  const relativeError = (approximation: (r: number) => number, r: number) =>
    Math.abs(approximation(r) / exponential(r) - 1);

  it('is within 1e-6 of float64 as the shader computes it, at the edges', () => {
    for (const r of EDGES) expect(relativeError(shader, r), `r = ${r}`).toBeLessThan(1e-6);
  });

  it('is within 1e-6 of float64 as the shader computes it, anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LARGEST }), (r) => relativeError(shader, r) < 1e-6),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('reaches Gumbel noise of 22.9, where the naive form has none', () => {
    expect(-log(shader(0))).toBeCloseTo(22.87, 2);
    // Every r below 2^7 is lost: 1 - u rounds to 1, so that E = 0 and the token wins whatever its chance.
    expect(naive(0)).toBe(-0);
    expect(naive(100)).toBe(-0);
    const smallest = Math.min(...EDGES.map(naive).filter((e) => e > 0));
    expect(-log(smallest)).toBeCloseTo(16.64, 2);
    expect(EDGES.filter((r) => relativeError(naive, r) >= 1e-6).length).toBeGreaterThan(50);
  });
});
