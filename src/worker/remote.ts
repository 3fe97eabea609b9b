/** Fetches checkpoint files from addresses that a caller gave. */
import type { Fetcher } from '../model/checkpoint/bundled.ts';
import { aborted, isPage } from '../model/checkpoint/http.ts';
import { UnmaskError } from '../model/errors.ts';
import { httpWords } from '../model/messages/http.ts';
import { refuse } from './arguments.ts';
import { remoteWords as words } from './messages/remote.ts';

/**
 * The address as a URL.
 * @param origin of the page
 * @throws UnmaskError 'argument' unless it is https or of the page's own origin
 */
export function checkUrl(field: string, address: string, origin: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && (url.protocol === 'https:' || (origin !== 'null' && url.origin === origin))) return url;
  throw refuse(words.address(field, JSON.stringify(address.slice(0, 120))));
}

/**
 * Fetch a file into memory.
 * @param onProgress gets bytes so far and in all; where the host does not say, in all is so far
 * @throws UnmaskError 'not-found', 'network' or 'aborted'
 */
export async function fetchRemote(
  url: URL,
  fetcher: Fetcher,
  onProgress: (loaded: number, total: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const broken = (cause: unknown): UnmaskError =>
    signal.aborted
      ? aborted(url.href, cause)
      : new UnmaskError('network', words.notFetched(url.href), { cause });
  const response = await fetcher(url.href, { signal }).catch((cause: unknown) => {
    throw broken(cause);
  });
  if (response.status === 404 || (response.ok && isPage(response)))
    throw new UnmaskError('not-found', words.noFile(url.href));
  if (!response.ok) throw new UnmaskError('network', httpWords.refused(url.href, response.status));
  // A packed answer has a length of its own: what comes out may be longer.
  const announced = response.headers.has('content-encoding')
    ? 0
    : Number(response.headers.get('content-length') ?? 0);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let loaded = 0;
  onProgress(0, announced);
  const reader = response.body?.getReader();
  try {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      parts.push(chunk.value);
      loaded += chunk.value.length;
      onProgress(loaded, Math.max(loaded, announced));
    }
  } catch (cause) {
    throw broken(cause);
  }
  onProgress(loaded, loaded);
  return new Blob(parts);
}
