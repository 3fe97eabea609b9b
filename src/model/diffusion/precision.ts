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

/** Entries of a law, or what stands for them: `weight` entries of chance q. */
interface Node {
  q: number;
  weight: number;
}

/** Distance of the nodes of a large law, in log q. */
const SPACING = 1 / 32;
/** Most entries of a law each of which is a node. */
const SINGLE = 256;

/** Where an entry lies between two nodes of a large law, the lower one's number and share: such that their mean is q. */
function between(q: number): { node: number; share: number } {
  const node = Math.floor(Math.log(q) / SPACING);
  const [low, high] = [Math.exp(node * SPACING), Math.exp((node + 1) * SPACING)];
  return { node, share: (high - q) / (high - low) };
}

/** Nodes that stand for the entries of a large law; log P(E > q w) is linear in q but for the grid, so little is lost. */
function nodesOf(q: ArrayLike<number>): Map<number, Node> {
  const nodes = new Map<number, Node>();
  const add = (node: number, weight: number): void => {
    const before = nodes.get(node)?.weight ?? 0;
    nodes.set(node, { q: Math.exp(node * SPACING), weight: before + weight });
  };
  for (const value of Array.from(q)) {
    if (!(value > 0)) continue;
    const { node, share } = between(value);
    add(node, share);
    add(node + 1, 1 - share);
  }
  return nodes;
}

/**
 * Chance of an entry over its q, as a function of q: the mean over the values of its E of exp(H(w) - log P(E > its own)),
 * w = E / q, with H(w) the sum over all entries of log P(E > q w), tabulated in log w.
 */
function winning(nodes: readonly Node[], noise: NoiseGrid): (q: number) => number {
  const { count } = noise;
  const sorted = nodes.toSorted((a, b) => b.q - a.q);
  const largest = sorted[0].q;
  const least = noise.value(0);
  const low = Math.log(least / largest);
  const high = Math.log(noise.value(count - 1) / largest);
  const table = new Float64Array(Math.floor((high - low) / STEP) + 2);
  for (let m = 0; m < table.length; m++) {
    const w = Math.exp(low + m * STEP);
    let sum = 0;
    for (const { q, weight } of sorted) {
      // Those that follow cannot lie below either.
      if (q * w < least) break;
      // Shares of a node may be 0, and 0 * -Infinity would be no number.
      if (weight > 0) sum += weight * Math.log1p(-noise.atMost(q * w) / count);
    }
    table[m] = sum;
  }
  const blocks = blocksOf(noise);
  const logValues = blocks.map(({ value }) => Math.log(value));
  return (q) => {
    const shift = -Math.log(q) - low;
    let chance = 0;
    for (const [i, { logAbove, share }] of blocks.entries()) {
      const at = (logValues[i] + shift) / STEP;
      const m = Math.floor(at);
      if (m + 1 >= table.length) break;
      const h = m < 0 ? 0 : table[m] + (at - m) * (table[m + 1] - table[m]);
      // Beyond the last value of the likeliest entry nothing wins.
      if (h > -Infinity) chance += share * Math.exp(h - logAbove);
    }
    return chance / q;
  };
}

/**
 * The law of argmin E / q with E on a grid: an entry wins at w = E / q where all others lie above. The mean over values is
 * taken over blocks of them, and many entries are put together in nodes, between which chance / q is linear: a few 1e-5
 * relative in all, as far as an entry is drawn at all.
 * @param q chances, up to a factor
 * @param single whether each entry is computed by itself (default: of small laws)
 * @returns chances that sum to 1
 */
export function effectiveLaw(
  q: ArrayLike<number>,
  noise: NoiseGrid,
  single = q.length <= SINGLE,
): Float64Array {
  let chanceOf: (value: number) => number;
  if (single) {
    const entries = Array.from(q, (value) => ({ q: value, weight: 1 }));
    const factor = winning(
      entries.filter((entry) => entry.q > 0),
      noise,
    );
    chanceOf = (value) => value * factor(value);
  } else {
    const nodes = nodesOf(q);
    const factor = winning([...nodes.values()], noise);
    const factors = new Map([...nodes].map(([node, entry]) => [node, factor(entry.q)]));
    chanceOf = (value) => {
      const { node, share } = between(value);
      return value * (share * factors.get(node)! + (1 - share) * factors.get(node + 1)!);
    };
  }
  const law = Float64Array.from(q, (value) => (value > 0 ? chanceOf(value) : 0));
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
