import { expect, it } from 'vitest';
import { bytesText, ofBytes } from './bytes.ts';

it('bytes are decimal, with a unit that suits them', () => {
  expect([0, 999_400, 1e6, 339_240_000, 1_725_000_000].map(bytesText)).toEqual([
    ...['0 kB', '999 kB', '1.0 MB', '339.2 MB', '1.73 GB'],
  ]);
  expect(ofBytes(5e6, 1.7e9)).toBe('0.01 of 1.70 GB');
  expect(ofBytes(9e6, 8e6)).toBe('8.0 of 8.0 MB');
});
