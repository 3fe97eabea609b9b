import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import config from '../../../fixtures/golden/dit-d64/config.json';
import { UnmaskError, type ErrorCode } from '../errors.ts';
import {
  fetchBundled,
  loadManifest,
  type BundledFile,
  type BundledModel,
  type BundledProgress,
  type Fetcher,
  type Manifest,
} from './bundled.ts';

const weightsFolder = new URL('../../../public/weights/', import.meta.url);

describe('public/weights', () => {
  const fromDisk: Fetcher = async (url) => new Response(new Uint8Array(await readFile(new URL(url))));

  it('holds the files of its manifest, within 45 MB', async () => {
    const manifest = await loadManifest(weightsFolder.href, fromDisk);
    expect(manifest.models.map(({ id, kind }) => [id, kind])).toEqual([
      ['teacher', 'teacher'],
      ['student', 'student'],
      ['causal', 'causal'],
    ]);
    const all = [...manifest.models.flatMap((model) => Object.values(model.files)), manifest.samples!];
    const files = new Map(all.map((file) => [file.path, file]));
    expect(files.size).toBe(8);
    let total = 0;
    for (const { path, bytes, sha256 } of files.values()) {
      const data = await readFile(new URL(path, weightsFolder));
      expect([path, data.length]).toEqual([path, bytes]);
      expect([path, createHash('sha256').update(data).digest('hex')]).toEqual([path, sha256]);
      total += bytes;
    }
    expect(total).toBeLessThan(45_000_000);
  });

  it('says of each model what its own files say', async () => {
    const manifest = await loadManifest(weightsFolder.href, fromDisk);
    const asked: string[] = [];
    const counting: Fetcher = (url, init) => {
      asked.push(url.slice(weightsFolder.href.length));
      return fromDisk(url, init);
    };
    const student = manifest.models.find((model) => model.id === 'student')!;
    const checkpoint = await fetchBundled(
      weightsFolder.href,
      manifest,
      'student',
      undefined,
      undefined,
      counting,
    );
    expect(checkpoint.config).toMatchObject({
      length: student.length,
      vocabulary: student.vocabulary,
      nativeSteps: student.nativeSteps,
    });
    expect(checkpoint.tokenizer?.encode('Once upon')).toEqual([419, 428]);
    expect(asked).toEqual(['student/config.json', 'tokenizer.json', 'student/model.safetensors']);
    expect(student.bytes).toBe(Object.values(student.files).reduce((sum, { bytes }) => sum + bytes, 0));
  });
});

/** A host of one small model, in memory. */
const files: Record<string, Uint8Array<ArrayBuffer>> = {
  'c/config.json': new TextEncoder().encode(
    JSON.stringify({ ...config, model: { ...config.model, type: 'ar_orig', name: 'small' } }),
  ),
  'tokenizer.json': new TextEncoder().encode(
    JSON.stringify({
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`t${i}`, i])),
        merges: [],
      },
    }),
  ),
  'c/model.safetensors': new Uint8Array(
    await readFile(new URL('../../../fixtures/golden/dit-d64/causal.safetensors', import.meta.url)),
  ),
};

const described = (path: string): BundledFile => ({
  path,
  bytes: files[path].length,
  sha256: createHash('sha256').update(files[path]).digest('hex'),
});

const model: BundledModel = {
  id: 'causal',
  kind: 'causal',
  title: 'Small',
  description: 'Small.',
  bytes: 1,
  length: 24,
  vocabulary: 131,
  files: {
    config: described('c/config.json'),
    weights: described('c/model.safetensors'),
    tokenizer: described('tokenizer.json'),
  },
};
const manifest: Manifest = { version: 1, models: [model] };

/** Chunks of a body, so that progress has more than one thing to report. */
function chunked(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  onChunk: (sent: number) => void = () => undefined,
) {
  let sent = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      onChunk(sent);
      if (sent >= bytes.length) {
        controller.close();
        return;
      }
      controller.enqueue(bytes.slice(sent, sent + size));
      sent += size;
    },
  });
}

/** The host, with another answer for the weights. */
const host =
  (weights: () => Response | Promise<Response>): Fetcher =>
  async (url) => {
    const path = url.replace('https://host/w/', '');
    return path.endsWith('.safetensors') ? weights() : new Response(files[path]);
  };

const weights = files['c/model.safetensors'];
const fetchFrom = (fetcher: Fetcher, signal?: AbortSignal, report?: (p: BundledProgress) => void) =>
  fetchBundled('https://host/w/', manifest, 'causal', report, signal, fetcher);

async function expectError(attempt: Promise<unknown>, code: ErrorCode, says: string): Promise<void> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnmaskError);
  expect((failure as UnmaskError).code).toBe(code);
  expect((failure as UnmaskError).message).toContain(says);
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('fetchBundled', () => {
  it('reports every file as it comes and as it is verified', async () => {
    const reports: BundledProgress[] = [];
    const served = host(() => new Response(chunked(weights, 100_000)));
    const checkpoint = await fetchFrom(served, undefined, (report) => reports.push(report));
    expect(checkpoint.config.name).toBe('small');
    expect(checkpoint.tokenizer?.size).toBe(130);
    expect([...new Set(reports.map(({ file }) => file))]).toEqual(Object.keys(files));

    const ofWeights = reports.filter(({ file }) => file.endsWith('.safetensors'));
    expect(ofWeights.every(({ total }) => total === weights.length)).toBe(true);
    expect(ofWeights.filter(({ stage }) => stage === 'fetch').map(({ loaded }) => loaded)).toEqual([
      ...[0, 100_000, 200_000, 300_000, 400_000],
      weights.length,
    ]);
    expect(ofWeights.slice(-2)).toMatchObject([
      { stage: 'verify', loaded: 0 },
      { stage: 'verify', loaded: weights.length },
    ]);
  });

  it('uses fetch where no other is given', async () => {
    vi.stubGlobal(
      'fetch',
      host(() => new Response(weights)),
    );
    expect((await fetchBundled('https://host/w', manifest, 'causal')).bytes).toBe(weights.length);
  });

  it('tells apart what can go wrong', async () => {
    const flipped = weights.slice();
    flipped[flipped.length - 1] ^= 1;
    const path = 'c/model.safetensors';
    const page = { headers: { 'content-type': 'text/html; charset=utf-8' } };
    await expectError(
      fetchFrom(host(() => new Response('', { status: 404 }))),
      'not-found',
      `${path} is not on this host (https://host/w/${path})`,
    );
    await expectError(fetchFrom(host(() => new Response('<!doctype html>', page))), 'not-found', path);
    await expectError(fetchFrom(host(() => new Response('', { status: 503 }))), 'network', 'answered 503');
    await expectError(
      fetchFrom(host(() => Promise.reject(new TypeError('x')))),
      'network',
      'check the connection',
    );
    await expectError(
      fetchFrom(host(() => new Response(weights.slice(0, 99)))),
      'file-truncated',
      'after 99 of',
    );
    await expectError(fetchFrom(host(() => new Response(null))), 'file-truncated', 'after 0 of');
    await expectError(
      fetchFrom(host(() => new Response(new Uint8Array([...weights, 0])))),
      'hash-mismatch',
      `longer than the ${weights.length} bytes`,
    );
    await expectError(fetchFrom(host(() => new Response(flipped))), 'hash-mismatch', 'its SHA-256 differs');
    await expectError(
      fetchBundled('', manifest, 'gpt-4'),
      'unknown-model',
      'no bundled model gpt-4: choose one of causal',
    );
  });

  it('says how far it came when the connection breaks', async () => {
    const breaking = chunked(weights, 100_000, (sent) => {
      if (sent > 200_000) throw new TypeError('reset');
    });
    await expectError(fetchFrom(host(() => new Response(breaking))), 'network', 'broke after 300000 of');
  });

  it('stops when it is cancelled, before or during the download', async () => {
    const controller = new AbortController();
    const body = chunked(weights, 100_000, (sent) => {
      if (sent > 200_000) {
        controller.abort();
        throw controller.signal.reason;
      }
    });
    await expectError(
      fetchFrom(
        host(() => new Response(body)),
        controller.signal,
      ),
      'aborted',
      'was cancelled',
    );

    const rejecting: Fetcher = (_, init) => Promise.reject(init?.signal?.reason as Error);
    await expectError(fetchFrom(rejecting, AbortSignal.abort()), 'aborted', 'c/config.json was cancelled');
  });

  it('goes by the size alone where the page has no crypto.subtle', async () => {
    vi.stubGlobal('crypto', {});
    const reports: BundledProgress[] = [];
    await fetchFrom(
      host(() => new Response(weights)),
      undefined,
      (report) => reports.push(report),
    );
    expect(reports.some(({ stage }) => stage === 'verify')).toBe(false);
    await expectError(fetchFrom(host(() => new Response(weights.slice(1)))), 'file-truncated', 'ended after');
  });
});

describe('loadManifest', () => {
  const load = (body: string, init?: ResponseInit) =>
    loadManifest('https://host/w/', () => Promise.resolve(new Response(body, init)));

  it('asks for the manifest in its folder', async () => {
    const fetcher = vi.fn<Fetcher>(() => Promise.resolve(Response.json(manifest)));
    expect(await loadManifest('https://host/w', fetcher)).toEqual(manifest);
    expect(fetcher.mock.calls[0][0]).toBe('https://host/w/manifest.json');
  });

  it('refuses what is none', async () => {
    await expectError(load('{'), 'file-format', 'not JSON');
    await expectError(load('null'), 'file-format', 'no manifest of version 1');
    await expectError(
      load(JSON.stringify({ ...manifest, version: 2 })),
      'file-format',
      'no manifest of version 1',
    );
    await expectError(
      load(JSON.stringify({ version: 1, models: [null] })),
      'file-format',
      'no manifest of version 1',
    );
    const badHash = { ...model, files: { ...model.files, config: { ...model.files.config, sha256: 'x' } } };
    await expectError(load(JSON.stringify({ version: 1, models: [badHash] })), 'file-format', 'no manifest');
    await expectError(load('', { status: 404 }), 'not-found', 'manifest.json');
  });
});

describe('a page that is kept for offline', () => {
  const hashOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

  /** The cache of the built page: contents by their addresses. */
  function kept(contents: Record<string, Uint8Array<ArrayBuffer> | string>): void {
    vi.stubEnv('PROD', true);
    const match = (key: string): Promise<Response | undefined> =>
      Promise.resolve(key in contents ? new Response(contents[key]) : undefined);
    const open = vi.fn(() => Promise.resolve({ match, put: () => Promise.resolve() }));
    vi.stubGlobal('caches', { open });
  }
  const newer: Fetcher = () => Promise.resolve(new Response(weights.map((byte) => byte ^ 1)));

  it('takes the files of its own manifest, whatever the host has by now', async () => {
    kept(
      Object.fromEntries(
        Object.entries(files).map(([path, bytes]) => [
          `https://host/w/${path}?sha256=${hashOf(bytes)}`,
          bytes,
        ]),
      ),
    );
    const fetcher = vi.fn(newer);
    const report = (): void => undefined;
    const checkpoint = await fetchBundled('https://host/w', manifest, 'causal', report, undefined, fetcher);
    expect(checkpoint.bytes).toBe(weights.length);
    expect(fetcher).not.toHaveBeenCalled();
  });

  it('takes the manifest of its own build', async () => {
    const folder = new URL('../../../public/', import.meta.url);
    const own = await readFile(new URL('weights/manifest.json', folder), 'utf8');
    kept({ [`https://host/weights/manifest.json?sha256=${hashOf(own)}`]: own });
    const fetcher = vi.fn(newer);
    expect(await loadManifest('https://host/weights/', fetcher)).toEqual(JSON.parse(own));
    expect(fetcher).not.toHaveBeenCalled();
  });

  it('names the newer version as the remedy where a file of the host is not its own', async () => {
    const folder = new URL('../../../public/', import.meta.url);
    const own = await readFile(new URL('weights/manifest.json', folder), 'utf8');
    kept({ [`https://host/weights/manifest.json?sha256=${hashOf(own)}`]: own });
    const open = (bytes: Uint8Array<ArrayBuffer>) => {
      const fetcher: Fetcher = (url) =>
        Promise.resolve(
          new Response(
            url.endsWith('.safetensors') ? bytes : files[url.slice('https://host/weights/'.length)],
          ),
        );
      return fetchBundled('https://host/weights/', manifest, 'causal', undefined, undefined, fetcher);
    };
    await expectError(
      open(weights.map((byte) => byte ^ 1)),
      'hash-mismatch',
      'SHA-256 differs): the host seems to have a newer version of this page, press “Open it now”',
    );
    await expectError(open(weights.slice(1)), 'file-truncated', 'press “Open it now”');
    await expectError(open(new Uint8Array([...weights, 0])), 'hash-mismatch', 'press “Open it now”');
  });
});
