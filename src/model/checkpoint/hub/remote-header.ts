/** The header of a safetensors file on a host: what opening it would take, before its weights are fetched. */
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import type { Fetcher } from '../bundled.ts';
import { aborted } from '../http.ts';
import {
  headerLength,
  parseHeader,
  tensorSource,
  type HeaderEntry,
  type TensorSource,
} from '../safetensors.ts';
import { bodyLength, contentRange, defaultFetcher, request, unreachable } from './request.ts';
import type { HubFile } from './source.ts';

export interface RemoteHeader {
  file: HubFile;
  /** The file up to its data: length and JSON. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Every tensor, with its place in the file. */
  entries: Map<string, HeaderEntry>;
  /** As the file names them; reading one is refused, as it is not here. */
  tensors: TensorSource;
}

/** Asked for at first: the header of a network of 24 blocks takes about half of it. */
const GUESS = 65_536;

/** The body of an answer, from its start, as far as it is asked for. */
function bodyReader(response: Response) {
  const reader = response.body?.getReader();
  let have = new Uint8Array();
  return {
    /** Its first `count` bytes, or all of it where it has fewer. */
    take: async (count: number): Promise<Uint8Array<ArrayBuffer>> => {
      const parts = [have];
      let length = have.length;
      while (length < count) {
        const chunk = await reader?.read();
        if (!chunk || chunk.done) break;
        parts.push(chunk.value);
        length += chunk.value.length;
      }
      have = new Uint8Array(length);
      parts.reduce((at, part) => (have.set(part, at), at + part.length), 0);
      return have.subarray(0, count);
    },
    /** Nothing more is wanted: the rest of a file of gigabytes must not come. */
    cancel: async (): Promise<void> => {
      await reader?.cancel().catch(() => undefined);
    },
  };
}

/**
 * Fetch the header of a safetensors file: one request for most, two where it is large. Hosts that do not heed ranges are
 * read as far as the header goes.
 * @param file its length, and what messages call it
 * @throws UnmaskError 'not-found', 'network', 'aborted', 'hash-mismatch' for a file of another length, or as `parseHeader`
 */
export async function fetchHeader(
  url: string,
  file: HubFile,
  fetcher: Fetcher = defaultFetcher,
  signal?: AbortSignal,
): Promise<RemoteHeader> {
  const { path, bytes: size } = file;

  /** The bytes [from, to), or the file up to `to` where the host does not heed ranges. */
  const ask = async (from: number, to: number) => {
    const range = { Range: `bytes=${from}-${to - 1}` };
    const response = await request(path, url, fetcher, {
      ...{ headers: range, cache: 'no-store' },
      ...(signal && { signal }),
    });
    const whole = response.status !== 206;
    const there = whole ? bodyLength(response) : contentRange(response)?.total;
    const body = bodyReader(response);
    if (there !== undefined && there !== size) {
      await body.cancel();
      throw new UnmaskError('hash-mismatch', words.header.otherLength(path, there, size));
    }
    return { ...body, whole };
  };

  const read = async (): Promise<{ start: Uint8Array<ArrayBuffer>; length: number }> => {
    if (size === 0) return { start: new Uint8Array(), length: headerLength(new Uint8Array(), 0, path) };
    const guess = Math.min(size, GUESS);
    const first = await ask(0, guess);
    try {
      const start = await first.take(guess);
      const length = 8 + headerLength(start.subarray(0, 9), size, path);
      if (length <= start.length) return { start: start.subarray(0, length), length };
      if (first.whole) return { start: await first.take(length), length };
      await first.cancel();
      const second = await ask(start.length, length);
      try {
        if (second.whole) return { start: await second.take(length), length };
        const bytes = new Uint8Array(length);
        bytes.set(start);
        const rest = await second.take(length - start.length);
        bytes.set(rest, start.length);
        return { start: bytes.subarray(0, start.length + rest.length), length };
      } finally {
        await second.cancel();
      }
    } finally {
      await first.cancel();
    }
  };

  let start: Uint8Array<ArrayBuffer>;
  let length: number;
  try {
    ({ start, length } = await read());
  } catch (cause) {
    if (cause instanceof UnmaskError) throw cause;
    throw signal?.aborted ? aborted(path, cause) : unreachable(path, url, cause);
  }
  if (start.length < length) {
    throw new UnmaskError('file-truncated', words.header.cut(path, start.length));
  }
  const bytes = start.slice();
  const entries = parseHeader(bytes.subarray(8), size, path);
  const tensors = tensorSource(entries, path, () =>
    Promise.reject(new Error(`Only the header of ${path} was fetched.`)),
  );
  return { file, bytes, entries, tensors };
}
