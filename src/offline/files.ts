/**
 * The files of the page in the browser's cache: which there are, under which address each lies there, and that it is what
 * was built. Shared by the service worker, the page and the engine, and without imports.
 */

/** A file of the build. */
export interface OfflineFile {
  /** Relative to the folder of the page; empty for the page itself. */
  url: string;
  bytes: number;
  /** In lower-case hexadecimal. */
  sha256: string;
  /** `page`: kept with the first visit. `rest`: kept as it comes, or when the visitor asks for it. */
  part: 'page' | 'rest';
}

/** Where the page lies, as URL of its folder: one origin may serve several copies of it. */
export const cacheName = (scope: string): string => `unmask-files ${new URL(scope).pathname}`;

/** Held while files are added in one go or thrown away, so that neither meets the other. */
export const cacheLock = (scope: string): string => `${cacheName(scope)} changes`;

/**
 * Alone at adding in one go or throwing away, among all tabs and service workers of a folder. Browsers without locks go ahead:
 * their service worker throws nothing away.
 * @throws what `task` throws, or the signal's reason while others are at it
 */
export const alone = <T>(scope: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return task();
  return locks.request(cacheLock(scope), signal ? { signal } : {}, task);
};

/**
 * Held by every open page of a build: its name ends with the URL of the page's script, whose hash tells builds apart. Those of
 * the files that the page asks for by name are written into its scripts (vite.config.ts), so that another model is another build.
 */
export const PAGE_LOCK = 'unmask-page ';

/**
 * Whether a page of another build is open, in the same folder: pages of folders within it have caches of their own.
 * @param locks names of all that are held
 * @param ours whether a script is of this build
 */
export const isOtherOpen = (
  locks: readonly string[],
  scope: string,
  ours: (script: string) => boolean,
): boolean =>
  locks.some((name) => name.startsWith(`${PAGE_LOCK}${scope}assets/`) && !ours(name.slice(PAGE_LOCK.length)));

/** Lies in the cache while everything is to be kept: later versions are then fetched whole before they are ready. */
export const keepMark = (scope: string): string => new URL('offline-kept', scope).href;

/**
 * Address of a file in the cache. Names in assets/ have a hash of their content; others get theirs, so that a new build never
 * takes the place of what an older one still needs.
 */
export function keyOf({ url, sha256 }: Pick<OfflineFile, 'url' | 'sha256'>, scope: string): string {
  const key = new URL(url, scope);
  if (!url.startsWith('assets/')) key.search = `?sha256=${sha256}`;
  return key.href;
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Headers that say how a body travelled: the cache holds it as it was read. */
const OF_THE_WAY = ['content-encoding', 'content-length', 'transfer-encoding'];

/** A response to keep. Its headers stay, those that isolate the page among them; that it was redirected does not. */
export function keptResponse(bytes: Uint8Array<ArrayBuffer>, from: Headers): Response {
  const headers = new Headers(from);
  for (const name of OF_THE_WAY) headers.delete(name);
  return new Response(bytes, { headers });
}

export type CheckFailure = 'status' | 'content';

/** A file that the host does not have, or not as it was built. */
export class NotAsBuilt extends Error {
  constructor(
    readonly file: string,
    readonly why: CheckFailure,
  ) {
    super(`${file || 'the page'}: ${why}`);
    this.name = 'NotAsBuilt';
  }
}

export interface FetchChecked {
  fetcher?: (url: string, init: RequestInit) => Promise<Response>;
  signal?: AbortSignal;
  /** Bytes of this file that have come. */
  onBytes?: (loaded: number) => void;
}

async function fetchOnce(
  file: OfflineFile,
  scope: string,
  cache: RequestCache,
  { fetcher = (url, init) => fetch(url, init), signal, onBytes }: FetchChecked,
): Promise<Response> {
  const response = await fetcher(new URL(file.url, scope).href, { cache, ...(signal && { signal }) });
  if (!response.ok) throw new NotAsBuilt(file.url, 'status');
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    if (loaded + chunk.value.length > file.bytes) {
      await reader?.cancel().catch(() => undefined);
      throw new NotAsBuilt(file.url, 'content');
    }
    bytes.set(chunk.value, loaded);
    loaded += chunk.value.length;
    onBytes?.(loaded);
  }
  if (loaded < file.bytes || (await sha256Of(bytes)) !== file.sha256)
    throw new NotAsBuilt(file.url, 'content');
  return keptResponse(bytes, response.headers);
}

/**
 * Fetch a file as it was built. The browser's own cache is asked first, so that nothing is fetched twice, and passed by where
 * it holds something else.
 * @param scope URL of the page's folder
 * @returns what to put into the cache
 * @throws NotAsBuilt; or what `fetch` throws
 */
export async function fetchChecked(
  file: OfflineFile,
  scope: string,
  options: FetchChecked = {},
): Promise<Response> {
  try {
    return await fetchOnce(file, scope, 'force-cache', options);
  } catch (error) {
    if (!(error instanceof NotAsBuilt)) throw error;
    return fetchOnce(file, scope, 'reload', options);
  }
}
