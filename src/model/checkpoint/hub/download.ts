/** Fetches a large file over connections that break, into a sink that outlives the page. */
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import type { FetchInit, Fetcher } from '../bundled.ts';
import { aborted, isPage } from '../http.ts';
import {
  bodyLength,
  contentRange,
  defaultFetcher,
  hostOf,
  refused,
  strongEtag,
  unreachable,
} from './request.ts';
import type { DownloadSink } from './sink.ts';
import type { HubFile } from './source.ts';
import { Transfer } from './transfer.ts';
import type { TransformFactory } from './transform.ts';

export interface DownloadOptions {
  fetcher?: Fetcher;
  signal?: AbortSignal;
  /** Bytes of the source so far, of those before this call too, and in all. Fewer than before where it begins anew. */
  onProgress?: (loaded: number, total: number) => void;
  /** What is kept instead of the bytes themselves. */
  transform?: TransformFactory;
  /** ms without a byte after which a connection counts as broken (default 30 s). */
  stall?: number;
  /** ms before each new attempt while none gets further; behind the last it is given up. */
  pauses?: readonly number[];
}

const STALL = 30_000;
const PAUSES = [500, 1000, 2000, 4000, 8000, 16_000];

/** An attempt came to nothing, and another one may do better. */
class Broken extends Error {}

/** Answers that may be others in a moment; 403 is what signed addresses answer once they are too old. */
const passes = (status: number, received: number): boolean =>
  status >= 500 || status === 408 || status === 429 || (status === 403 && received > 0);

/** Wait, but not on for who cancelled. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}

/**
 * Fetch a file into a sink, from where the sink's state says, again and again over connections that break. Its SHA-256 is
 * made up as bytes come and compared at the end, where it is known. Committed every 16 MB, at the end, and when it fails.
 * @param file length and hash that it must have, and what messages call it
 * @throws UnmaskError 'aborted' and 'network': what came stays, and the next call goes on from there; 'hash-mismatch' for
 *   another file and what the transform throws: what came is dropped; 'not-found'; or what the sink throws
 */
export async function download(
  url: string,
  file: HubFile,
  sink: DownloadSink,
  options: DownloadOptions = {},
): Promise<void> {
  const { fetcher = defaultFetcher, signal, onProgress, transform, stall = STALL, pauses = PAUSES } = options;
  const { path, bytes: total } = file;
  const transfer = await Transfer.open(file, sink, transform);
  /** Whether If-Range gets through: it is no header that every host allows other pages. */
  let conditional = true;
  /** Whether the state was found wrong once. */
  let begunAnew = false;
  const report = (): void => onProgress?.(transfer.received, total);

  const otherLength = async (sentence: string): Promise<UnmaskError> => {
    await transfer.restart();
    return new UnmaskError('hash-mismatch', sentence);
  };

  /** What a promise gives, if it does so in time; the request that it belongs to ends otherwise. */
  const inTime = async <T>(promise: Promise<T>, request: AbortController): Promise<T> => {
    let stop: (() => void) | undefined;
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`nothing came for ${stall / 1000} s`));
        request.abort();
      }, stall);
      const cancel = (): void => {
        reject(new Error('cancelled'));
        request.abort();
      };
      signal?.addEventListener('abort', cancel);
      if (signal?.aborted) cancel();
      stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
      };
    });
    try {
      return await Promise.race([promise, late]);
    } catch (cause) {
      // Whoever comes too late is not heard any more.
      promise.catch(() => undefined);
      throw new Broken('no answer', { cause });
    } finally {
      stop?.();
    }
  };

  /** Ask for what is missing. */
  const ask = async (request: AbortController): Promise<Response> => {
    const { received, etag } = transfer;
    const init = (headers: Record<string, string>): FetchInit => ({
      ...{ headers, signal: request.signal },
      // The browser's cache would hold gigabytes, and mix up parts of them.
      cache: 'no-store',
    });
    if (received === 0) return await inTime(fetcher(url, init({})), request);
    const range = { Range: `bytes=${received}-` };
    if (etag !== undefined && conditional) {
      try {
        return await inTime(fetcher(url, init({ ...range, 'If-Range': etag })), request);
      } catch (error) {
        if (request.signal.aborted) throw error;
        // What a browser must ask leave for some hosts forbid; without it, the answer's own ETag is compared.
        const response = await inTime(fetcher(url, init(range)), request);
        conditional = false;
        return response;
      }
    }
    return await inTime(fetcher(url, init(range)), request);
  };

  /** Whether the answer goes on where the transfer stands. @throws UnmaskError where it never will */
  const fits = async (response: Response): Promise<boolean> => {
    const { received } = transfer;
    const part = response.status === 206;
    const length = bodyLength(response);
    const range = part ? contentRange(response) : undefined;
    const there = part ? range?.total : length;
    if (there !== undefined && there !== total) {
      throw await otherLength(words.otherLength(path, there, hostOf(url), total));
    }
    const etag = strongEtag(response);
    const other = transfer.etag !== undefined && etag !== undefined && etag !== transfer.etag;
    const elsewhere = range ? range.from !== received : length !== undefined && received + length !== total;
    if (part && (other || elsewhere)) return false;
    // The whole file, as of a host that does not heed ranges, or whose file is another one now.
    if (!part && received > 0) {
      await transfer.restart();
      report();
    }
    transfer.etag ??= etag;
    return true;
  };

  /** One request, for as long as it gives bytes. */
  const attempt = async (): Promise<void> => {
    const request = new AbortController();
    try {
      const response = await ask(request);
      const { status } = response;
      const wrongState = status === 416 || (response.ok && !isPage(response) && !(await fits(response)));
      if (wrongState) {
        if (begunAnew) {
          throw new UnmaskError('network', words.noParts(hostOf(url), path, status));
        }
        begunAnew = true;
        await transfer.restart();
        report();
        return;
      }
      if (!response.ok || isPage(response)) {
        const error = refused(path, url, response.ok ? 404 : status);
        throw passes(status, transfer.received) ? new Broken(error.message, { cause: error }) : error;
      }
      const reader = response.body?.getReader();
      while (reader) {
        const chunk = await inTime(reader.read(), request);
        if (chunk.done) break;
        if (transfer.received + chunk.value.length > total) {
          throw await otherLength(words.longer(path, hostOf(url), total));
        }
        await transfer.take(chunk.value);
        report();
        if (signal?.aborted) break;
      }
      if (transfer.received < total) throw new Broken(`ended after ${transfer.received} of ${total} bytes`);
    } finally {
      // Whatever is left of the answer must not come.
      request.abort();
    }
  };

  report();
  let furthest = transfer.received;
  let fruitless = 0;
  while (transfer.received < total) {
    try {
      if (!signal?.aborted) await attempt();
    } catch (error) {
      if (!(error instanceof Broken)) {
        // What came may have been dropped.
        report();
        // Not so where it was the sink that failed.
        if (error instanceof UnmaskError && error.code !== 'storage') await transfer.commit();
        throw error;
      }
      fruitless = transfer.received > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, transfer.received);
      if (!signal?.aborted && fruitless > pauses.length) {
        await transfer.commit();
        const { cause } = error;
        if (cause instanceof UnmaskError) throw cause;
        if (furthest === 0) throw unreachable(path, url, cause);
        throw new UnmaskError(
          'network',
          words.broken(hostOf(url), transfer.received, total, path, fruitless),
          { cause },
        );
      }
      await pause(pauses[Math.max(0, fruitless - 1)] ?? 0, signal);
    }
    if (signal?.aborted && transfer.received < total) {
      await transfer.commit();
      throw aborted(path);
    }
  }
  try {
    await transfer.finish();
  } catch (error) {
    report();
    throw error;
  }
}
