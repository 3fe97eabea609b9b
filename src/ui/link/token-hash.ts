const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a of 32 bits (draft-eastlake-fnv, section 2).
 * @param bytes numbers of which the lowest 8 bits count
 * @returns the hash, 0..2^32 - 1
 */
export function fnv1a(bytes: Iterable<number>): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ (byte & 0xff), PRIME);
  return hash >>> 0;
}

function* bytesOf(words: readonly number[]): Generator<number> {
  for (const word of words) yield* [word, word >>> 8, word >>> 16, word >>> 24];
}

/**
 * A short mark of the tokens of a run, to tell whether another machine wrote the same. It finds differences by
 * chance; it does not protect against anybody who wants to make two texts alike.
 * @param texts token ids of each text, 0..2^32 - 1
 * @returns 8 hex digits: FNV-1a over 32-bit little-endian words, for each text its length and then its ids
 */
export function tokenHash(texts: readonly (readonly number[])[]): string {
  const words = texts.flatMap((ids) => [ids.length, ...ids]);
  return fnv1a(bytesOf(words)).toString(16).padStart(8, '0');
}
