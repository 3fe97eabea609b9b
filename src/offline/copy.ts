/**
 * Files of the engine in the cache of the page: those that it fetched and checked before the service worker was there, and those
 * of its own build, which stay its own when a newer version serves this tab.
 */
import { cacheName, keptResponse, keyOf } from './files.ts';

/** SHA-256 of files that are asked for by name alone, by their addresses in the page's folder. Written by vite.config.ts. */
declare const __OF_THIS_BUILD__: Readonly<Record<string, string | undefined>> | undefined;

const publishedAs = (url: string, scope: string): string | undefined =>
  // Programs that are built for Node go without.
  typeof __OF_THIS_BUILD__ === 'undefined' ? undefined : __OF_THIS_BUILD__[url.slice(scope.length)];

/**
 * What the cache of the page has of a file with this content. The service worker knows the newest build only: a tab that is
 * older asks here first, so that it goes on with what it was opened with.
 * @param url absolute
 * @param scope URL of the page's folder
 * @param sha256 of files that a manifest names; others are those of this build
 */
export async function keptCopy(
  url: string,
  scope: string,
  sha256 = publishedAs(url, scope),
): Promise<Response | undefined> {
  if (!import.meta.env.PROD || typeof caches === 'undefined' || sha256 === undefined) return undefined;
  try {
    const cache = await caches.open(cacheName(scope));
    return await cache.match(keyOf({ url, sha256 }, scope), { ignoreVary: true });
  } catch {
    // A browser that does not let a page keep anything: the host is asked.
    return undefined;
  }
}

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
