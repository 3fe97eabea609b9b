/** Numbers of a seed to feed kernels with, and the measures of what comes back. */
import { Float16Array } from '@petamoriken/float16';
import { threefry2x32, uniform } from '../random.ts';

/** Standard normal numbers that the project's own generator makes of a seed; the same everywhere. */
export function normals(seed: number, count: number, scale = 1, mean = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => {
    const [a, b] = threefry2x32([seed, 0x7e57], [i, 0]);
    return mean + scale * Math.sqrt(-2 * Math.log(uniform(a))) * Math.cos(2 * Math.PI * uniform(b));
  });
}

/** Integers in [0, below) of a seed. */
export function integers(seed: number, count: number, below: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, i) =>
    Math.floor(uniform(threefry2x32([seed, 0x1275], [i, 0])[0]) * below),
  );
}

/** Values rounded to f16; 0 where f16 has only denormals, which WGSL lets a driver take for 0 when it unpacks them. */
export function roundToHalf(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Float16Array(values), (value) => (Math.abs(value) < 2 ** -14 ? 0 : value));
}

/** Largest |actual - expected| / (1 + |expected|); NaN counts as infinite, so that it never passes. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

/**
 * Largest |actual - expected| beside the largest |expected|, or as it is where all are 0; for values of which each is far below 1.
 * NaN counts as infinite.
 * @param atLeast what the errors are held beside where all values are smaller: the size of what they are differences of
 */
export function errorBesideLargest(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  atLeast = 0,
): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let scale = atLeast;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale === 0 ? largest : largest / scale;
}

/** Number of values that are not the same to the last bit: -0 is not 0, and NaN is NaN. Infinite where the lengths differ. */
export function differing(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let count = 0;
  for (let i = 0; i < expected.length; i++) if (!Object.is(actual[i], expected[i])) count += 1;
  return count;
}
