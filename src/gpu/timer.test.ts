import { describe, expect, it } from 'vitest';
import { busyMilliseconds } from './timer.ts';

describe('busyMilliseconds', () => {
  it('adds up passes and leaves out the pauses between them', () => {
    expect(
      busyMilliseconds([
        [1_000_000n, 3_000_000n],
        [7_000_000n, 7_500_000n],
      ]),
    ).toBe(2.5);
  });

  it('counts once what two passes share', () => {
    expect(
      busyMilliseconds([
        [1_000_000n, 3_000_000n],
        [2_000_000n, 4_000_000n],
      ]),
    ).toBe(3);
  });

  it('tells nothing from stamps that make no sense', () => {
    expect(busyMilliseconds([[5n, 4n]])).toBeUndefined();
    expect(busyMilliseconds([[0n, 0n]])).toBeUndefined();
    expect(busyMilliseconds([[0n, 9n]])).toBeUndefined();
    // A clock that was set back between two submits.
    expect(
      busyMilliseconds([
        [5n, 9n],
        [1n, 3n],
      ]),
    ).toBeUndefined();
    // Too coarse, or nothing was timed.
    expect(busyMilliseconds([[5n, 5n]])).toBeUndefined();
    expect(busyMilliseconds([])).toBeUndefined();
  });
});
