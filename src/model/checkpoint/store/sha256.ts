/** SHA-256 of bytes that come one after the other, which can be put aside and gone on with. */
import type { IHasher } from 'hash-wasm';

/** Bytes of a Blob that are read at once. */
const PIECE = 8 * 2 ** 20;

/** A fresh hasher; its code is loaded with the first one. */
export async function sha256(): Promise<IHasher> {
  const { createSHA256 } = await import('hash-wasm');
  return (await createSHA256()).init();
}

/**
 * Hash all bytes of a Blob, piece by piece.
 * @param onBytes told how many there were so far
 * @returns the hasher, to go on with
 */
export async function hashBlob(
  blob: Blob,
  onBytes: (loaded: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<IHasher> {
  const hasher = await sha256();
  for (let at = 0; at < blob.size; at += PIECE) {
    signal?.throwIfAborted();
    const piece = new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer());
    hasher.update(piece);
    onBytes(at + piece.length);
  }
  return hasher;
}

/** The state of a hasher as text. */
export const saveHasher = (hasher: IHasher): string =>
  Array.from(hasher.save(), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @returns undefined where another version of the library saved it */
export async function loadHasher(saved: string): Promise<IHasher | undefined> {
  const hasher = await sha256();
  try {
    return hasher.load(Uint8Array.from(saved.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
  } catch {
    return undefined;
  }
}
