import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { zipOf } from './zip.ts';

/** The files of an archive, by its list at the end. */
function filesOf(bytes: Uint8Array): Record<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  let at = view.getUint32(end + 16, true);
  const files: Record<string, Uint8Array> = {};
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    // Stored, not packed.
    expect(view.getUint16(at + 10, true)).toBe(0);
    const [crc, size] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const content = bytes.subarray(from, from + size);
    expect(crc32(content)).toBe(crc);
    files[new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name))] = content;
    at += 46 + name + extra + comment;
  }
  return files;
}

it('zipOf stores files of any size whole', async () => {
  // More than two pieces.
  const weights = Uint8Array.from({ length: 9 * 2 ** 20 + 7 }, (_, i) => (i * i) >> 3);
  const blob = await zipOf([
    { name: 'model.safetensors', input: new Blob([weights.subarray(0, 99), weights.subarray(99)]) },
    { name: 'config.json', input: new Blob(['{"ä": 1}']) },
    { name: 'empty', input: new Blob([]) },
  ]);
  expect(blob.type).toBe('application/zip');
  const files = filesOf(new Uint8Array(await blob.arrayBuffer()));
  expect(Object.keys(files)).toEqual(['model.safetensors', 'config.json', 'empty']);
  expect(Buffer.compare(files['model.safetensors'], weights)).toBe(0);
  expect(new TextDecoder().decode(files['config.json'])).toBe('{"ä": 1}');
  expect(files['empty']).toHaveLength(0);
});
