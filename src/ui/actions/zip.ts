import { makeZip } from 'client-zip';

/** Bytes that are handed to the browser at once. */
const PIECE = 4 * 2 ** 20;

/**
 * Files as one .zip, in which they are stored as they are. Pieces go to the browser's own storage as they are read, so that the
 * script never holds more of them than one.
 */
export async function zipOf(files: readonly { name: string; input: Blob }[]): Promise<Blob> {
  const pieces: Blob[] = [];
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const hand = (): void => {
    pieces.push(new Blob(waiting));
    [waiting, bytes] = [[], 0];
  };
  const reader = makeZip(files).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const chunk = read.value as Uint8Array<ArrayBuffer>;
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= PIECE) hand();
  }
  hand();
  return new Blob(pieces, { type: 'application/zip' });
}
