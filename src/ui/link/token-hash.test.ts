import { describe, expect, it } from 'vitest';
import { fnv1a, tokenHash } from './token-hash.ts';

describe('fnv1a', () => {
  // From the test vectors of draft-eastlake-fnv.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %j', (text, hash) => {
    expect(fnv1a(new TextEncoder().encode(text))).toBe(hash);
  });
});

describe('tokenHash', () => {
  // Computed with Python: FNV-1a over struct.pack('<I', ...) of each length and its ids.
  it.each([
    [[], '811c9dc5'],
    [[[]], '4b95f515'],
    [[[0]], '3e801244'],
    [[[0, 0]], '89554317'],
    [[[1, 2]], '8b9b65d4'],
    [[[2, 1]], '7e6645c4'],
    [[[1], [2]], '4b9125f6'],
    [[[256]], '7d66c58f'],
    [[[65536, 4294967295]], '734be1ba'],
    // Its first digits are zeros, which belong to it.
    [[[20]], '00930710'],
    [[Array.from({ length: 32 }, (_, i) => i)], '3f92a2b5'],
  ])('of %j is %s', (texts, hash) => {
    expect(tokenHash(texts)).toBe(hash);
  });
});
