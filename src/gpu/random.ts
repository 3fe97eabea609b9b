/**
 * The counter-based generator behind every random choice of a run, and the CPU twin of random.wgsl.
 *
 * A counter-based generator is a pure function of a key and a counter, so each draw has an address instead of a
 * place in a sequence: any processor can make any draw, in any order, and get the same bits. Lanes of a race that
 * share seed and sample therefore differ only by their model.
 *
 * Addresses. The key is (seed, sample).
 *  - token noise: counter (position | draw << 16, token >> 1), output word token & 1. `draw` counts the draws that a
 *    sampler makes for one position (0 where it makes only one): each must have noise of its own. Positions and draws
 *    stay below 2^16, or addresses would meet;
 *  - plan uniforms: counter (position | again << 16, 0x80000000), output word 0. `again` counts, below 2^16, the times
 *    that a position which was masked again gets (0: its first). A token id is below 2^32, so its counter is below 2^31
 *    and never meets the plan's.
 * Training has second counter words of its own. Its sample is the running index of a text over the whole training:
 *  - what is masked: counter (position, 0x80000001), output word 0; in which sub-step it unmasks: output word 1;
 *  - time of an update: counter (0, 0x80000002), output word 0, with the first sample of the update;
 *  - order of the data: key (seed, epoch), counter (window, 0x80000003), output word 0;
 *  - seeds made of a seed: key (seed, purpose), counter (0, 0x80000004), output word 0. Two uses of one seed that count their
 *    samples from 0 would share token noise; each of them takes a derived seed instead;
 *  - first values of parameters: key (seed, tensor), counter (pair of values, 0x80000005), both output words.
 * So has evaluation:
 *  - texts of a resample: key (seed, resample), counter (pair of places, 0x80000006), both output words.
 */

/** Two 32-bit words, each an integer in [0, 2^32). */
export type Words = readonly [number, number];

/** Positions of a text, and draws for one position, are below this: together they are one word of a counter. */
export const POSITIONS = 2 ** 16;

/** Second counter word of the plan's uniforms. */
const PLAN_COUNTER = 0x80000000;

/** Second counter words of training. */
const CORRUPTION_COUNTER = 0x80000001;
const TIME_COUNTER = 0x80000002;
const ORDER_COUNTER = 0x80000003;
const SEED_COUNTER = 0x80000004;
const PARAMETER_COUNTER = 0x80000005;

/** Second counter word of evaluation. */
const RESAMPLE_COUNTER = 0x80000006;

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const KEY_PARITY = 0x1bd11bda;

/**
 * Threefry2x32 with 20 rounds: 64 random bits for a key and a counter, as two words put into `out`, so that a loop over a
 * vocabulary leaves nothing behind.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Random123).
 */
function threefryInto(
  out: Uint32Array,
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): void {
  // The next three words of the key schedule.
  let ks0 = key1 | 0;
  let ks1 = (KEY_PARITY ^ key0 ^ key1) | 0;
  let ks2 = key0 | 0;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round & 7];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if ((round & 3) === 3) {
      x0 = (x0 + ks0) | 0;
      x1 = (x1 + ks1 + (round >> 2) + 1) | 0;
      const used = ks0;
      ks0 = ks1;
      ks1 = ks2;
      ks2 = used;
    }
  }
  out[0] = x0;
  out[1] = x1;
}

/** `threefryInto` as a function: two integers in [0, 2^32). */
export function threefry2x32(key: Words, counter: Words): [number, number] {
  const out = new Uint32Array(2);
  threefryInto(out, key[0], key[1], counter[0], counter[1]);
  return [out[0], out[1]];
}

/** `tokenBitsPair`, put into the first two words of `out`. */
export function tokenBitsPairInto(
  out: Uint32Array,
  seed: number,
  sample: number,
  position: number,
  tokenPair: number,
  draw = 0,
): void {
  threefryInto(out, seed, sample, position | (draw << 16), tokenPair);
}

/** The bits of tokens 2 * tokenPair and 2 * tokenPair + 1 at one position: one call of the generator serves both. */
export function tokenBitsPair(
  seed: number,
  sample: number,
  position: number,
  tokenPair: number,
  draw = 0,
): [number, number] {
  return threefry2x32([seed, sample], [position | (draw << 16), tokenPair]);
}

/** 32 random bits of one token at one position, as an integer in [0, 2^32). */
export function tokenBits(seed: number, sample: number, position: number, token: number, draw = 0): number {
  return tokenBitsPair(seed, sample, position, token >>> 1, draw)[token & 1];
}

/**
 * 32 random bits that decide when a position unmasks, as an integer in [0, 2^32).
 * @param again how often it has been masked again
 */
export function planBits(seed: number, sample: number, position: number, again = 0): number {
  return threefry2x32([seed, sample], [position | (again << 16), PLAN_COUNTER])[0];
}

/**
 * Two integers in [0, 2^32) for one position of a training text: the first decides whether it is masked, the second in which
 * sub-step of the teacher it unmasks.
 */
export function corruptionBits(seed: number, sample: number, position: number): Words {
  return threefry2x32([seed, sample], [position, CORRUPTION_COUNTER]);
}

/** 32 random bits that decide the times of an update whose first text is `sample`, as an integer in [0, 2^32). */
export function timeBits(seed: number, sample: number): number {
  return threefry2x32([seed, sample], [0, TIME_COUNTER])[0];
}

/** 32 random bits by which the windows of an epoch are sorted, as an integer in [0, 2^32). */
export function orderBits(seed: number, epoch: number, window: number): number {
  return threefry2x32([seed, epoch], [window, ORDER_COUNTER])[0];
}

/** A seed in [0, 2^32) made of a seed, another one for each purpose. */
export function derivedSeed(seed: number, purpose: number): number {
  return threefry2x32([seed, purpose], [0, SEED_COUNTER])[0];
}

/** Two integers in [0, 2^32) for the values 2 * pair and 2 * pair + 1 of a tensor. */
export function parameterBits(seed: number, tensor: number, pair: number): Words {
  return threefry2x32([seed, tensor], [pair, PARAMETER_COUNTER]);
}

/** Two integers in [0, 2^32) that choose the texts at the places 2 * pair and 2 * pair + 1 of a resample, put into `out`. */
export function resampleBitsInto(out: Uint32Array, seed: number, resample: number, pair: number): void {
  threefryInto(out, seed, resample, pair, RESAMPLE_COUNTER);
}

/** A uniform in the open interval (0, 1): the middle of the bits' cell, exact in float64. */
export function uniform(bits: number): number {
  return (bits + 0.5) * 2 ** -32;
}

/**
 * A standard exponential E = -log1p(-v), v = uniform(bits), in float64; from 1.2e-10 to 22.9.
 * The token of a categorical with chances p is argmin of E / p.
 */
export function exponential(bits: number): number {
  return -Math.log1p(-uniform(bits));
}
