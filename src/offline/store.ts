/** What the cache holds of the files of a build, and how files come into it and go. */
import { fetchChecked, keyOf, type FetchChecked, type OfflineFile } from './files.ts';

/** What is asked of a `Cache` here. */
export type FileCache = Pick<Cache, 'keys' | 'put' | 'delete'>;

/** How many files are on their way at once. */
const AT_ONCE = 4;

/** The files that are not in the cache. @param scope URL of the page's folder */
export async function missing(
  cache: FileCache,
  files: readonly OfflineFile[],
  scope: string,
): Promise<OfflineFile[]> {
  const here = new Set((await cache.keys()).map(({ url }) => url));
  return files.filter((file) => !here.has(keyOf(file, scope)));
}

/**
 * Fetch files that are not in the cache, checked. What has come before one fails stays.
 * @param onBytes bytes of all of them that have come
 * @throws as `fetchChecked`, and as the browser where there is no room
 */
export async function add(
  cache: FileCache,
  files: readonly OfflineFile[],
  scope: string,
  { onBytes, ...options }: FetchChecked = {},
): Promise<void> {
  const waiting = await missing(cache, files, scope);
  const loaded = new Map<OfflineFile, number>();
  const stop = new AbortController();
  const onAbort = (): void => {
    stop.abort(options.signal?.reason);
  };
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted) onAbort();
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const at = file;
      const response = await fetchChecked(at, scope, {
        ...options,
        signal: stop.signal,
        onBytes: (bytes) => {
          loaded.set(at, bytes);
          onBytes?.([...loaded.values()].reduce((sum, one) => sum + one, 0));
        },
      });
      await cache.put(keyOf(at, scope), response);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } catch (error) {
    waiting.length = 0;
    stop.abort();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** Throw away what is not among `keys`. */
export async function retain(cache: FileCache, keys: ReadonlySet<string>): Promise<void> {
  const gone = (await cache.keys()).filter(({ url }) => !keys.has(url));
  await Promise.all(gone.map((request) => cache.delete(request)));
}
