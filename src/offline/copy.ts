/** Files that were fetched and checked before the service worker was there. */
import { cacheName, keptResponse, keyOf } from './files.ts';

/**
 * Lay a copy of a checked file into the cache of the page, unless it is there. Only in the built page, and in secure contexts,
 * which alone have such a cache; where there is no room nothing is kept and nothing is said.
 * @param url absolute
 * @param scope URL of the page's folder
 */
export async function keepCopy(
  url: string,
  sha256: string,
  bytes: Uint8Array<ArrayBuffer>,
  scope: string,
): Promise<void> {
  if (!import.meta.env.PROD || typeof caches === 'undefined') return;
  try {
    const cache = await caches.open(cacheName(scope));
    const key = keyOf({ url, sha256 }, scope);
    if (await cache.match(key)) return;
    await cache.put(key, keptResponse(bytes, new Headers({ 'content-type': 'application/octet-stream' })));
  } catch {
    // No room, or a browser that does not let a page keep anything: it is fetched again another time.
  }
}
