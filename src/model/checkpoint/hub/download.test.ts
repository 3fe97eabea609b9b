import { createHash } from 'node:crypto';
import { createSHA256 } from 'hash-wasm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UnmaskError, type ErrorCode } from '../../errors.ts';
import type { FetchInit, Fetcher } from '../bundled.ts';
import { download, type DownloadOptions } from './download.ts';
import { fileUrl, listHub } from './hub.ts';
import { toHex } from './hex.ts';
import type { DownloadState } from './sink.ts';
import type { HubFile } from './source.ts';
import { serveHub, type Faults, type HubServer } from './testing/hub-server.ts';
import { memorySink, type MemorySink } from './testing/memory-sink.ts';
import { COMMIT_EVERY } from './transfer.ts';

const whole = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 11);
const path = 'model.safetensors';
const repo = 'a/b';

let hub: HubServer;
let url: string;
let file: HubFile;
beforeAll(async () => {
  hub = await serveHub({ 'a/b@main': { [path]: whole } });
  const listing = await listHub({ repo, endpoint: hub.endpoint });
  url = fileUrl(listing, path);
  [file] = listing.files;
});
afterEach(() => {
  hub.fault(path);
  hub.answered.length = 0;
});
afterAll(() => hub.close());

/** Quick to give up: a few attempts, without waiting between them. */
const quick: DownloadOptions = { pauses: [1, 1, 1] };
const get = (sink: MemorySink, options: DownloadOptions = {}, of: HubFile = file): Promise<void> =>
  download(url, of, sink, { ...quick, ...options });
/** Status and range of every answer. */
const answers = () => hub.answered.map(({ status, range }) => [status, range]);
const isWhole = (sink: MemorySink): boolean => Buffer.compare(sink.bytes(), whole) === 0;

async function expectError(attempt: Promise<unknown>, code: ErrorCode, ...says: string[]): Promise<void> {
  const failure: unknown = await attempt.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnmaskError);
  expect((failure as UnmaskError).code).toBe(code);
  for (const part of says) expect((failure as UnmaskError).message).toContain(part);
}

/** A sink that holds what came before the connection broke for good behind `bytes`. */
async function broken(bytes: number, faults: Faults = {}): Promise<MemorySink> {
  hub.fault(path, { breakAfter: bytes, noRanges: true, ...faults });
  const sink = memorySink();
  await expectError(get(sink, { pauses: [] }), 'network');
  hub.fault(path);
  hub.answered.length = 0;
  return sink.reloaded();
}

describe('download', () => {
  it('fetches a file by way of its CDN, and tells how far it is', async () => {
    const sink = memorySink();
    const told: number[] = [];
    await get(sink, { onProgress: (loaded, total) => told.push(loaded / total) });
    expect(isWhole(sink)).toBe(true);
    expect(hub.answered).toEqual([{ origin: 'cdn', path, status: 200 }]);
    expect(told[0]).toBe(0);
    expect(told.at(-1)).toBe(1);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    expect(sink.state).toMatchObject({ received: 300_000, stored: 300_000, total: 300_000 });
    expect(sink.state?.etag).toMatch(/^"/);
    expect(sink.calls.restart).toBe(0);
    // All is there: nothing is asked for, but the hash is compared again.
    await get(sink.reloaded());
    expect(hub.answered).toHaveLength(1);
  });

  it('goes on over connections that break, as long as each gets further', async () => {
    hub.fault(path, { breakAfter: 50_000 });
    const sink = memorySink();
    await get(sink, { pauses: [1] });
    expect(isWhole(sink)).toBe(true);
    expect(sink.calls.restart).toBe(0);
    expect(answers()).toHaveLength(6);
    expect(answers()[3]).toEqual([206, 'bytes=150000-']);
    expect(hub.answered[3].ifRange).toBe(sink.state?.etag);
  });

  it('gives up where none gets further, and goes on from there when asked again', async () => {
    hub.fault(path, { breakAfter: 0 });
    await expectError(get(memorySink()), 'network', 'could not be fetched from 127.0.0.1');
    expect(hub.answered).toHaveLength(4);
    hub.fault(path, { breakAfter: 100_000, noRanges: true });
    const sink = memorySink();
    await expectError(get(sink), 'network', 'broke after 100000 of 300000 bytes', '4 times in a row');
    const after = sink.reloaded();
    expect(after.bytes()).toHaveLength(100_000);
    hub.fault(path);
    hub.answered.length = 0;
    await get(after);
    expect(isWhole(after)).toBe(true);
    expect(answers()).toEqual([[206, 'bytes=100000-']]);
  });

  it('takes a connection that stalls for one that broke', async () => {
    hub.fault(path, { stallAfter: 80_000, times: 2 });
    const sink = memorySink();
    await get(sink, { stall: 300 });
    expect(isWhole(sink)).toBe(true);
    const ranges = answers().map(([, range]) => range);
    expect(ranges.slice(0, 3)).toEqual([undefined, 'bytes=80000-', 'bytes=160000-']);
    hub.fault(path, { stallAfter: 0 });
    await expectError(get(memorySink(), { pauses: [], stall: 50 }), 'network', 'check the connection');
  });

  it('begins anew on a host that does not heed ranges', async () => {
    const sink = await broken(100_000);
    hub.fault(path, { noRanges: true });
    const told: number[] = [];
    await get(sink, { onProgress: (loaded) => told.push(loaded) });
    expect(isWhole(sink)).toBe(true);
    expect(sink.calls.restart).toBe(1);
    expect(told.slice(0, 2)).toEqual([100_000, 0]);
    expect(answers()).toEqual([[200, 'bytes=100000-']]);
  });

  it('begins anew where the file is another one now, by If-Range or by its ETag', async () => {
    for (const noIfRange of [false, true]) {
      const sink = await broken(100_000);
      hub.fault(path, { etag: '"other"' });
      await get(sink, noIfRange ? { fetcher: withoutLeave } : {});
      expect(isWhole(sink)).toBe(true);
      expect(sink.calls.restart).toBe(1);
      expect(sink.state?.etag).toBe('"other"');
      expect(answers().map(([status]) => status)).toEqual(noIfRange ? [206, 200] : [200]);
    }
  });

  /** As a browser on a CDN that refuses preflights: If-Range fails as a connection does. */
  const withoutLeave: Fetcher = (address, init) =>
    init?.headers && 'If-Range' in init.headers
      ? Promise.reject(new TypeError('Failed to fetch'))
      : fetch(address, init);

  it('leaves If-Range away where a host does not allow it', async () => {
    const sink = await broken(100_000);
    const asked: FetchInit[] = [];
    hub.fault(path, { breakAfter: 60_000 });
    await get(sink, {
      fetcher: (address, init) => {
        asked.push(init ?? {});
        return withoutLeave(address, init);
      },
    });
    expect(isWhole(sink)).toBe(true);
    expect(sink.calls.restart).toBe(0);
    expect(answers().map(([status]) => status)).toEqual([206, 206, 206, 206]);
    // Tried once, then never again.
    expect(asked.map(({ headers }) => 'If-Range' in headers!)).toEqual([
      true,
      ...Array<boolean>(4).fill(false),
    ]);
    expect(asked.every(({ cache }) => cache === 'no-store')).toBe(true);
  });

  it('does with hosts that keep ETag and Content-Range to themselves, by the hash', async () => {
    /** As a browser shows headers that are not exposed. */
    const hidden: Fetcher = async (address, init) => {
      const { body, status, headers } = await fetch(address, init);
      const shown = [...headers].filter(([name]) => !['etag', 'content-range'].includes(name));
      return new Response(body, { status, headers: shown });
    };
    const sink = memorySink();
    hub.fault(path, { breakAfter: 200_000 });
    await get(sink, { fetcher: hidden });
    expect(isWhole(sink)).toBe(true);
    expect(sink.state).not.toHaveProperty('etag');
    expect(answers().map(([status]) => status)).toEqual([200, 206]);
  });

  it('begins anew once where its state is wrong', async () => {
    const sink = await broken(100_000);
    hub.fault(path, { status: 416, times: 1 });
    await get(sink);
    expect(isWhole(sink)).toBe(true);
    expect(answers()).toEqual([
      [416, 'bytes=100000-'],
      [200, undefined],
    ]);
    const other = await broken(100_000);
    hub.fault(path, { status: 416 });
    await expectError(get(other), 'network', 'does not give the parts');
    expect(hub.answered).toHaveLength(2);
  });

  it('trusts no state that does not fit', async () => {
    const { state, ...good } = await broken(100_000);
    const wrong: Partial<DownloadState>[] = [
      { total: 299_999 },
      { received: 300_001 },
      { more: {} },
      { more: { sha256: 'ff' } },
      { more: { sha256: 'no' } },
    ];
    for (const part of wrong) {
      const sink = memorySink(good.bytes(), { ...state!, ...part });
      await get(sink);
      expect(isWhole(sink)).toBe(true);
      expect(sink.calls.restart).toBe(1);
    }
    // Right in form, but of other bytes: the hash tells.
    const other = good.bytes();
    other[7] ^= 1;
    const more = { sha256: toHex((await createSHA256()).init().update(other).save()) };
    await expectError(get(memorySink(other, { ...state!, more })), 'hash-mismatch', 'its SHA-256 differs');
  });

  it('drops what is not the file', async () => {
    const sink = memorySink();
    const told: number[] = [];
    const onProgress = (loaded: number): unknown => told.push(loaded);
    const other = { ...file, sha256: '0'.repeat(64) };
    await expectError(get(sink, { onProgress }, other), 'hash-mismatch', 'differs');
    expect(told.slice(-2)).toEqual([300_000, 0]);
    expect([sink.calls.restart, sink.bytes().length, sink.state]).toEqual([1, 0, undefined]);
    // Without a hash there is nothing to compare.
    await get(sink, {}, { path, bytes: 300_000 });
    expect(isWhole(sink)).toBe(true);
    for (const bytes of [299_999, 300_001]) {
      const other = memorySink();
      await expectError(get(other, {}, { ...file, bytes }), 'hash-mismatch', `but ${bytes} were announced`);
      expect(other.calls.restart).toBe(1);
    }
    // Where the host does not say how long it is, that shows at its end.
    const silent: Fetcher = async (address) => new Response(await (await fetch(address)).arrayBuffer());
    await expectError(
      get(memorySink(), { fetcher: silent }, { ...file, bytes: 299_999 }),
      'hash-mismatch',
      'has more bytes',
    );
  });

  it('says that what the transform refuses is dropped', async () => {
    const refusing = () => ({
      push: (): never => {
        throw new UnmaskError('tensor-range', 'Too large.');
      },
      save: () => '',
    });
    const told: number[] = [];
    // The second half is refused.
    const sink = await broken(150_000);
    const state = { ...sink.state!, more: { ...sink.state!.more, transform: '' } };
    const options = { transform: refusing, onProgress: (loaded: number): unknown => told.push(loaded) };
    await expectError(get(memorySink(sink.bytes(), state), options), 'tensor-range', 'Too large.');
    expect(told).toEqual([150_000, 0]);
  });

  it('tells answers apart', async () => {
    hub.fault(path, { status: 404 });
    await expectError(get(memorySink()), 'not-found', `${path} is not on 127.0.0.1`);
    hub.fault(path, { status: 401 });
    await expectError(get(memorySink()), 'not-found', 'without a login (answer 401)');
    hub.fault(path, { status: 403 });
    await expectError(get(memorySink()), 'not-found', 'without a login (answer 403)');
    hub.fault(path, { status: 400 });
    await expectError(get(memorySink()), 'network', 'answered 400');
    expect(hub.answered).toHaveLength(4);
    hub.answered.length = 0;
    hub.fault(path, { status: 503 });
    await expectError(get(memorySink()), 'network', 'answered 503');
    expect(hub.answered).toHaveLength(4);
    const page: Fetcher = () =>
      Promise.resolve(new Response('', { headers: { 'content-type': 'text/html' } }));
    await expectError(get(memorySink(), { fetcher: page }), 'not-found', path);
  });

  it('waits for what passes: a busy host, an address that got too old', async () => {
    hub.fault(path, { status: 503, times: 2 });
    const sink = memorySink();
    await get(sink);
    expect(isWhole(sink)).toBe(true);
    const resumed = await broken(100_000);
    hub.fault(path, { status: 403, times: 1 });
    await get(resumed);
    expect(isWhole(resumed)).toBe(true);
  });

  it('stops when it is cancelled, keeps what came, and goes on from there', async () => {
    hub.fault(path, { slow: 400_000 });
    const sink = memorySink();
    const controller = new AbortController();
    const onProgress = (loaded: number): void => {
      if (loaded > 50_000) controller.abort();
    };
    await expectError(get(sink, { signal: controller.signal, onProgress }), 'aborted', 'was cancelled');
    const after = sink.reloaded();
    expect(after.bytes().length).toBeGreaterThan(50_000);
    expect(after.bytes().length).toBeLessThan(300_000);
    hub.fault(path);
    hub.answered.length = 0;
    await get(after);
    expect(isWhole(after)).toBe(true);
    expect(answers()).toEqual([[206, `bytes=${sink.state!.received}-`]]);

    await expectError(get(memorySink(), { signal: AbortSignal.abort() }), 'aborted', path);
    hub.fault(path, { stallAfter: 10_000 });
    const stalled = new AbortController();
    setTimeout(() => {
      stalled.abort();
    }, 50);
    const waiting = memorySink();
    await expectError(get(waiting, { signal: stalled.signal, stall: 60_000 }), 'aborted');
    expect(waiting.reloaded().bytes()).toHaveLength(10_000);
  });

  it('lets the sink fail, and commits nothing then', async () => {
    const sink = memorySink();
    sink.write = () => Promise.reject(new UnmaskError('storage', 'no room'));
    await expectError(get(sink), 'storage', 'no room');
    expect(sink.calls.commit).toBe(0);
  });

  it('commits on the way, so that a crash costs little', async () => {
    const bytes = 2 * COMMIT_EVERY + 1000;
    const chunk = new Uint8Array(1 << 20);
    const body = () => {
      let left = bytes;
      return new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: (controller) => {
          controller.enqueue(chunk.subarray(0, Math.min(left, chunk.length)));
          left -= Math.min(left, chunk.length);
          if (left === 0) controller.close();
        },
      });
    };
    const commits: number[] = [];
    const sink = {
      ...{ state: undefined, write: () => Promise.resolve(), restart: () => Promise.resolve() },
      commit: ({ received }: DownloadState) => {
        commits.push(received);
        return Promise.resolve();
      },
    };
    const sha256 = createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
    const fetcher: Fetcher = () => Promise.resolve(new Response(body()));
    await download('https://x/y', { path, bytes, sha256 }, sink, { fetcher });
    expect(commits).toEqual([COMMIT_EVERY, 2 * COMMIT_EVERY, bytes]);
  });
});
