/** What hosts of models answer, as errors that a visitor may read. */
import { UnmaskError } from '../../errors.ts';
import { downloadWords as words } from '../../messages/hub-download.ts';
import type { FetchInit, Fetcher } from '../bundled.ts';
import { aborted, isPage } from '../http.ts';

export const defaultFetcher: Fetcher = (url, init) => fetch(url, init);

/** The host of an address, for messages. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

/** Nobody answered: browsers do not tell a host that is down from one that other pages may not read. */
export const unreachable = (what: string, url: string, cause: unknown): UnmaskError =>
  new UnmaskError('network', words.unreachable(what, hostOf(url)), { cause });

/** What an answer other than the file means. */
export function refused(what: string, url: string, status: number): UnmaskError {
  const host = hostOf(url);
  if (status === 404 || status === 410) {
    return new UnmaskError('not-found', words.notThere(what, host));
  }
  if (status === 401 || status === 403) {
    return new UnmaskError('not-found', words.login(host, what, status));
  }
  if (status === 429) {
    return new UnmaskError('network', words.tooOften(host));
  }
  return new UnmaskError('network', words.refused(host, status, what));
}

/**
 * Ask for something once.
 * @returns an answer of status 200 to 299
 * @throws UnmaskError 'aborted', 'network' or 'not-found'
 */
export async function request(
  what: string,
  url: string,
  fetcher: Fetcher,
  init: FetchInit,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, init);
  } catch (cause) {
    throw init.signal?.aborted ? aborted(what, cause) : unreachable(what, url, cause);
  }
  if (response.ok && !isPage(response)) return response;
  await response.body?.cancel().catch(() => undefined);
  throw refused(what, url, response.ok ? 404 : response.status);
}

/** An ETag that compares bytes; weak ones do not, and hosts may keep theirs from other pages. */
export function strongEtag({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  return etag?.startsWith('"') ? etag : undefined;
}

/** What a Content-Range says: the first byte, and bytes in all; undefined where it says nothing, or nothing readable. */
export function contentRange({ headers }: Response): { from: number; total: number | undefined } | undefined {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get('content-range') ?? '');
  if (!match) return undefined;
  const [, from, total] = match;
  return { from: Number(from), total: total === '*' ? undefined : Number(total) };
}

/** Bytes of the body as they will be read; undefined where the host does not say, or packs it. */
export function bodyLength({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}
