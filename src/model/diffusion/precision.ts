/**
 * What the precision of noise makes of a law. A token is drawn as the argmin of E / q, E standard exponential; but uniforms
 * of so many bits give E on a grid, whose least value is not 0, so that a token much rarer than the likeliest entry never
 * wins: float32 Gumbel noise truncates the tail (arXiv 2409.02908). Here the law that comes of it is computed, not sampled.
 */
import { exponential } from '../../gpu/random.ts';
import { releasedNoise } from './reference.ts';

/** Values of E that noise of so many bits takes, all with the same chance. */
export interface NoiseGrid {
  /** How many. */
  count: number;
  /** The n-th of them, ascending from n = 0. */
  value(n: number): number;
  /** How many are at most x. */
  atMost(x: number): number;
}

/** Of the released samplers: 1e-10 - log(u + 1e-10) in float32, u a multiple of 2^-24 in [0, 1). */
export const NAIVE_NOISE: NoiseGrid = {
  count: 2 ** 24,
  value: (n) => releasedNoise((2 ** 24 - 1 - n) / 2 ** 24),
  // Values are -log1p(-(n + 1) 2^-24), but for float32; the last one, of u = 0, is 23.03.
  atMost: (x) =>
    x >= LAST
      ? 2 ** 24
      : Math.min(2 ** 24 - 1, Math.max(0, Math.floor(-Math.expm1(1e-10 - x) * 2 ** 24 + 1e-6))),
};
const LAST = releasedNoise(0);

/** Of the samplers here: -log1p(-v), v = (r + 0.5) 2^-32 with r an integer of 32 bits. */
export const SAFE_NOISE: NoiseGrid = {
  count: 2 ** 32,
  value: exponential,
  atMost: (x) => Math.min(2 ** 32, Math.floor(-Math.expm1(-x) * 2 ** 32 + 0.5)),
};

/** Values one by one at either end of a grid; beyond, blocks are this part of their distance from the end. */
const FINE = 64;

/** A block of a grid's values: one in its middle, and the share of all that it stands for. */
interface Block {
  value: number;
  /** Log of the chance of a value above the one in the middle. */
  logAbove: number;
  share: number;
}

/** A grid in some 1,700 to 2,400 blocks, finest at both ends. */
function blocksOf(noise: NoiseGrid): Block[] {
  const { count } = noise;
  const widths: number[] = [];
  for (let n = 0; n < count / 2;) {
    const width = Math.min(Math.max(1, Math.floor(n / FINE)), count / 2 - n);
    widths.push(width);
    n += width;
  }
  let first = 0;
  return [...widths, ...widths.toReversed()].map((width) => {
    const middle = first + (width - 1) / 2;
    first += width;
    // Between two values where the block has an even number of them.
    const value = (noise.value(Math.floor(middle)) + noise.value(Math.ceil(middle))) / 2;
    return { value, logAbove: Math.log1p(-(middle + 0.5) / count), share: width / count };
  });
}

/** Steps of the table of H below, in log w. */
const STEP = 1 / 128;

/**
 * The law of argmin E / q with E on a grid. Entry i wins at w = E_i / q_i where all others lie above: its chance is the mean
 * over the values of E_i of exp(H(w) - log P(E > E_i)), with H(w) the sum over all entries of log P(E > q w). H is
 * tabulated in log w, and the mean taken over blocks of values: a few 1e-5 relative in all.
 * @param q chances, up to a factor
 * @returns chances that sum to 1
 */
export function effectiveLaw(q: ArrayLike<number>, noise: NoiseGrid): Float64Array {
  const { count } = noise;
  const sorted = Float64Array.from(q)
    .filter((value) => value > 0)
    .sort()
    .reverse();
  const least = noise.value(0);
  const low = Math.log(least / sorted[0]);
  const high = Math.log(noise.value(count - 1) / sorted[0]);
  const table = new Float64Array(Math.floor((high - low) / STEP) + 2);
  for (let m = 0; m < table.length; m++) {
    const w = Math.exp(low + m * STEP);
    let sum = 0;
    for (const value of sorted) {
      // Those that follow cannot lie below either.
      if (value * w < least) break;
      sum += Math.log1p(-noise.atMost(value * w) / count);
    }
    table[m] = sum;
  }
  const blocks = blocksOf(noise);
  const logValues = blocks.map(({ value }) => Math.log(value));
  const law = Float64Array.from(q, (value) => {
    if (!(value > 0)) return 0;
    const shift = -Math.log(value) - low;
    let chance = 0;
    for (const [i, { logAbove, share }] of blocks.entries()) {
      const at = (logValues[i] + shift) / STEP;
      const m = Math.floor(at);
      if (m + 1 >= table.length) break;
      const h = m < 0 ? 0 : table[m] + (at - m) * (table[m + 1] - table[m]);
      // Where the entry is the only one left to win, both are -Infinity.
      if (h > -Infinity) chance += share * Math.exp(h - logAbove);
    }
    return chance;
  });
  const total = law.reduce((sum, chance) => sum + chance, 0);
  return law.map((chance) => chance / total);
}

/** Whether an entry never wins: not even with the least value of E for it and the greatest for the likeliest. */
export function neverDrawn(q: ArrayLike<number>, noise: NoiseGrid): boolean[] {
  const values = Array.from(q);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const bound = largest / noise.value(noise.count - 1);
  const least = noise.value(0);
  return values.map((value) => value / least < bound);
}
