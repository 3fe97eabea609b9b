import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import config from '../../../../fixtures/golden/dit-d64/config.json';
import { fixtureCheckpoint } from '../../../../fixtures/load.ts';
import { UnmaskError, type ErrorCode } from '../../errors.ts';
import type { Fetcher } from '../bundled.ts';
import { modelConfig } from '../checkpoint.ts';
import { parseConfig } from '../config.ts';
import { withCanonicalNames } from '../names.ts';
import { RELEASED_SHAPES, shapeConfig } from '../released-shapes.ts';
import { openSafetensors } from '../safetensors.ts';
import { rawFile } from '../testing.ts';
import { fileUrl, listHub } from './hub.ts';
import { fetchHeader } from './remote-header.ts';
import type { HubListing } from './source.ts';
import { serveHub, type HubServer } from './testing/hub-server.ts';
import { mdlmConfig, randomFile } from './testing/random-file.ts';

const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await blob.arrayBuffer());

/** A header of more bytes than are guessed, and data. */
const manyTensors = Object.fromEntries(
  Array.from({ length: 1200 }, (_, i) => [
    `tensor.${i}`,
    { dtype: 'U8', shape: [4], data_offsets: [4 * i, 4 * i + 4] },
  ]),
);

let hub: HubServer;
let listing: HubListing;
let student: Blob;
const large = shapeConfig('large', RELEASED_SHAPES['863M'], 'diffusion', 1024);
beforeAll(async () => {
  student = (await fixtureCheckpoint('dit-d64/student')).weights!;
  hub = await serveHub({
    'a/b@main': {
      'model.safetensors': await bytesOf(student),
      'many.safetensors': await bytesOf(rawFile(manyTensors, new Uint8Array(4800))),
      'damaged.safetensors': await bytesOf(rawFile({ a: 1 }, new Uint8Array(5000))),
      'pickle.bin': new TextEncoder().encode(`PK\x03\x04${'x'.repeat(5000)}`),
      'small.safetensors': await bytesOf(rawFile({})),
      empty: new Uint8Array(),
    },
  });
  listing = await listHub({ repo: 'a/b', endpoint: hub.endpoint });
});
afterEach(() => {
  listing.files.forEach(({ path }) => {
    hub.fault(path);
  });
  hub.answered.length = 0;
});
afterAll(() => hub.close());

const header = (path: string, size?: number) => {
  const file = listing.files.find((known) => known.path === path)!;
  return fetchHeader(fileUrl(listing, path), { ...file, bytes: size ?? file.bytes });
};

async function expectError(attempt: Promise<unknown>, code: ErrorCode, says: string): Promise<void> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnmaskError);
  expect((failure as UnmaskError).code).toBe(code);
  expect((failure as UnmaskError).message).toContain(says);
}

describe('fetchHeader', () => {
  it('tells of the tensors what the file itself does, by one request', async () => {
    const { bytes, entries, tensors } = await header('model.safetensors');
    const whole = await openSafetensors(student, 'x');
    expect(tensors.names()).toEqual(whole.names());
    for (const name of whole.names()) {
      expect(tensors.info(name)).toEqual(whole.info(name));
      expect(entries.get(name)).toEqual(whole.info(name));
    }
    expect(bytes).toEqual(await bytesOf(student.slice(0, bytes.length)));
    expect(hub.answered).toEqual([
      { origin: 'cdn', path: 'model.safetensors', range: 'bytes=0-65535', status: 206 },
    ]);
    await expect(tensors.read(whole.names()[0])).rejects.toThrow('Only the header');
    const found = modelConfig(parseConfig(config, 'config.json'), withCanonicalNames(tensors, 'x'), 'x');
    expect(found).toMatchObject({ vocabulary: 131, hidden: 64 });
  });

  it('asks a second time for what is larger', async () => {
    const { bytes, entries } = await header('many.safetensors');
    expect(entries.size).toBe(1200);
    expect(bytes.length).toBeGreaterThan(65_536);
    expect(hub.answered.map(({ range }) => range)).toEqual([
      ...['bytes=0-65535', `bytes=65536-${bytes.length - 1}`],
    ]);
  });

  it('reads the start where ranges are not heeded, and leaves the rest', async () => {
    for (const path of ['model.safetensors', 'many.safetensors']) {
      const { entries } = await header(path);
      hub.fault(path, { noRanges: true });
      hub.answered.length = 0;
      expect((await header(path)).entries).toEqual(entries);
      expect(hub.answered.map(({ status }) => status)).toEqual([200]);
    }
    // No end of it would ever come.
    let cancelled = false;
    const { bytes } = await header('model.safetensors');
    const body = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(bytes.slice(0, 5));
          controller.enqueue(bytes.slice(5));
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => {
          cancelled = true;
        },
      });
    const endless: Fetcher = () => Promise.resolve(new Response(body()));
    const file = listing.files.find(({ path }) => path === 'model.safetensors')!;
    expect((await fetchHeader('https://x/y', file, endless)).bytes).toEqual(bytes);
    expect(cancelled).toBe(true);
  });

  it('refuses what a file on disk is refused for', async () => {
    await expectError(header('damaged.safetensors'), 'file-format', 'tensor a is described');
    await expectError(header('pickle.bin'), 'file-format', 'save_file');
    await expectError(header('empty'), 'file-truncated', 'empty is empty');
    await expectError(header('model.safetensors', 900_000), 'hash-mismatch', 'but 900000 were announced');
    expect((await header('small.safetensors')).entries.size).toBe(0);
    hub.fault('model.safetensors', { noRanges: true });
    await expectError(header('model.safetensors', 900_000), 'hash-mismatch', 'but 900000 were announced');
  });

  it('tells apart what can go wrong on the way', async () => {
    hub.fault('model.safetensors', { status: 404 });
    await expectError(header('model.safetensors'), 'not-found', 'is not on 127.0.0.1');
    hub.fault('model.safetensors', { breakAfter: 100 });
    await expectError(header('model.safetensors'), 'network', 'could not be fetched');
    const file = listing.files[0];
    const short: Fetcher = async () => new Response((await bytesOf(student)).slice(0, 500));
    await expectError(fetchHeader('https://x/y', file, short), 'file-truncated', 'after 500 bytes');
    await expectError(
      fetchHeader(fileUrl(listing, file.path), file, fetch, AbortSignal.abort()),
      'aborted',
      'was cancelled',
    );
  });

  it('takes the largest released shape in one request, from a hub that has no room for it', async () => {
    const file = randomFile(large);
    const served = await serveHub({ 'c/d@main': { 'model.safetensors': file } });
    try {
      const url = `${served.endpoint}/c/d/resolve/main/model.safetensors`;
      const { tensors } = await fetchHeader(url, { path: 'model.safetensors', bytes: file.bytes });
      expect(served.answered.map(({ status }) => status)).toEqual([206]);
      const parsed = parseConfig(mdlmConfig(large), 'config.json');
      const found = modelConfig(parsed, withCanonicalNames(tensors, 'x'), 'x');
      expect(found).toEqual({ ...large, name: 'mdlm' });
    } finally {
      await served.close();
    }
  });
});

describe('randomFile', () => {
  it('has the same bytes however they are asked for', async () => {
    const small = { ...large, hidden: 64, heads: 2, blocks: 2, vocabulary: 131, condDim: 32 };
    const file = randomFile(small);
    const whole = await file.read(0, file.bytes);
    for (const [begin, end] of [
      [0, 1],
      [5, 20_000],
      [20_001, 20_002],
      [77_777, 250_001],
      [file.bytes - 3, file.bytes],
    ]) {
      expect(Buffer.compare(await file.read(begin, end), whole.subarray(begin, end))).toBe(0);
    }
    const tensors = await openSafetensors(new Blob([whole.slice()]), 'x');
    expect(modelConfig(parseConfig(mdlmConfig(small), 'x'), withCanonicalNames(tensors, 'x'), 'x')).toEqual({
      ...{ ...small, name: 'mdlm' },
    });
  });
});
