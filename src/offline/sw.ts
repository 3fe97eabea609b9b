/**
 * The service worker: serves the files of its build from the cache, so that the page opens without its host. It never takes the
 * place of an older one by itself: the pages that are open keep the version that they were opened with.
 */
import {
  alone,
  cacheName,
  fetchChecked,
  keepMark,
  keyOf,
  isOtherOpen,
  keptResponse,
  sha256Of,
  type OfflineFile,
} from './files.ts';
import { add, retain } from './store.ts';

const worker = self as unknown as ServiceWorkerGlobalScope;
const SCOPE = worker.registration.scope;

/** Written by the build; the web app manifest comes twice, once without what it takes to check it. */
const FILES = (self as unknown as { __WB_MANIFEST: OfflineFile[] }).__WB_MANIFEST.filter(
  ({ sha256 }) => sha256 as string | undefined,
);
const BY_URL = new Map(FILES.map((file) => [new URL(file.url, SCOPE).href, file]));
const PAGE = BY_URL.get(SCOPE)!;

/** The list of these files, as the page asks for it. */
const LIST = new URL('offline.json', SCOPE).href;

const open = (): Promise<Cache> => caches.open(cacheName(SCOPE));

/** Everything that this version needs; where the visitor keeps the page for offline, all of it. */
async function install(): Promise<void> {
  await alone(SCOPE, async () => {
    const cache = await open();
    const all = (await cache.match(keepMark(SCOPE))) !== undefined;
    await add(
      cache,
      FILES.filter(({ part }) => all || part === 'page'),
      SCOPE,
    );
  });
}

/** Throw away what only older versions need, once no page of theirs is open and no newer one is on its way. */
async function tidy(): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return;
  await alone(SCOPE, async () => {
    if (worker.registration.installing ?? worker.registration.waiting) return;
    const { held = [] } = await locks.query();
    const names = held.map(({ name = '' }) => name);
    if (isOtherOpen(names, SCOPE, (script) => BY_URL.has(script))) return;
    await retain(await open(), new Set([keepMark(SCOPE), ...FILES.map((file) => keyOf(file, SCOPE))]));
  });
}

/** Keep what the page fetched, if it is what was built. */
async function keep(file: OfflineFile, response: Response): Promise<void> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if ((await sha256Of(bytes)) !== file.sha256) return;
  await (await open()).put(keyOf(file, SCOPE), keptResponse(bytes, response.headers));
}

/** Larger files of the engine, which keeps copies itself once it has checked them. */
const WEIGHTS = new URL('weights/', SCOPE).href;

async function answer(event: FetchEvent, key: string, file: OfflineFile | undefined): Promise<Response> {
  const cache = await open();
  const kept = await cache.match(key, { ignoreVary: true });
  if (kept) return kept;
  // The page itself is there as long as this worker is, unless the browser cleared the cache.
  if (file === PAGE) return fetchChecked(PAGE, SCOPE).catch(() => fetch(event.request));
  const response = await fetch(event.request);
  if (file && response.status === 200 && !event.request.url.startsWith(WEIGHTS)) {
    event.waitUntil(keep(file, response.clone()).catch(() => undefined));
  }
  return response;
}

worker.addEventListener('install', (event) => {
  event.waitUntil(install());
});

worker.addEventListener('activate', (event) => {
  // The page of the first visit too: its views shall open after the host has a newer build.
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('message', (event) => {
  const { type } = event.data as { type?: string };
  if (type === 'SKIP_WAITING') void worker.skipWaiting();
  if (type === 'TIDY') event.waitUntil(tidy());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  // Parts of files, and what is asked for past all caches, are the host's to answer.
  if (request.method !== 'GET' || request.headers.has('range')) return;
  if (request.cache === 'force-cache' || request.cache === 'reload' || request.cache === 'no-store') return;
  const url = new URL(request.url);
  if (!url.href.startsWith(SCOPE)) return;
  const plain = url.origin + url.pathname;
  const isPage = request.mode === 'navigate' && (plain === SCOPE || plain === `${SCOPE}index.html`);
  const file = isPage ? PAGE : BY_URL.get(url.href);
  if (file) event.respondWith(answer(event, keyOf(file, SCOPE), file));
  else if (url.href === LIST) event.respondWith(Response.json(FILES));
  // Of an older version, whose page is still open.
  else if (plain.startsWith(`${SCOPE}assets/`)) event.respondWith(answer(event, plain, undefined));
});
