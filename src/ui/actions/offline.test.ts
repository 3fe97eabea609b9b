import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cacheLock, cacheName, keyOf, type OfflineFile } from '../../offline/files.ts';
import { offline as words } from '../messages/offline.ts';
import { initialOfflineState, useOffline } from '../stores/offline.ts';
import { keepOffline, openNewVersion, removeOffline, stopKeeping } from './offline.ts';

const SCOPE = 'https://school.example/lehre/unmask/';

const REST = ['a', 'b', 'c'].map((name): OfflineFile => {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return { url: `weights/${name}`, bytes: 1, sha256, part: 'rest' };
});

/** What the caches of the origin hold, by their names. */
let kept: Map<string, Set<string>>;
let locked: string[];
let put: () => Promise<void>;
const fetcher = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const reload = vi.fn();

function openCache(name: string) {
  const urls = kept.get(name) ?? new Set<string>();
  kept.set(name, urls);
  return Promise.resolve({
    keys: () => Promise.resolve([...urls].map((url) => ({ url }))),
    match: (key: string) => Promise.resolve(urls.has(key) ? new Response() : undefined),
    put: async (key: string) => {
      await put();
      urls.add(key);
    },
    delete: (key: string) => Promise.resolve(urls.delete(key)),
  });
}

beforeEach(() => {
  kept = new Map();
  locked = [];
  put = () => Promise.resolve();
  vi.clearAllMocks();
  fetcher.mockImplementation((url) => Promise.resolve(new Response(url.at(-1))));
  vi.stubGlobal('fetch', fetcher);
  vi.stubGlobal('document', { baseURI: `${SCOPE}#v=1` });
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('caches', { open: openCache });
  vi.stubGlobal('navigator', {
    storage: { estimate: () => Promise.resolve({}), persist: () => Promise.resolve(true) },
    locks: {
      request: async (name: string, _options: LockOptions, task: () => Promise<void>) => {
        locked.push(name);
        await task();
        locked.push('free');
      },
    },
  });
  useOffline.setState({ ...initialOfflineState, where: 'ready', rest: REST, missing: REST }, true);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const here = (): number => kept.get(cacheName(SCOPE))?.size ?? 0;

it('keeps and throws away alone, as the service worker does', async () => {
  await keepOffline();
  // The mark too.
  expect([here(), useOffline.getState().asked]).toEqual([4, true]);
  expect(locked).toEqual([cacheLock(SCOPE), 'free']);
  await removeOffline();
  expect([here(), useOffline.getState().missing.length]).toEqual([0, 3]);
  expect(locked).toEqual([cacheLock(SCOPE), 'free', cacheLock(SCOPE), 'free']);
});

it('leaves what the same page in another folder keeps', async () => {
  const other = new Set(REST.map((file) => keyOf(file, 'https://school.example/')));
  kept.set(cacheName('https://school.example/'), new Set(other));
  await keepOffline();
  await removeOffline();
  expect(kept.get(cacheName('https://school.example/'))).toEqual(other);
});

it('goes on after it was broken off, and says that it was', async () => {
  fetcher.mockImplementation((url, { signal }) => {
    if (url.endsWith('a')) return Promise.resolve(new Response('a'));
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new DOMException('', 'AbortError'));
      });
    });
  });
  const first = keepOffline();
  await vi.waitFor(() => {
    expect(here()).toBe(1);
  });
  stopKeeping();
  await first;
  expect(useOffline.getState()).toMatchObject({
    ...{ stopped: true, failure: undefined, loaded: undefined, asked: false },
    missing: REST.slice(1),
  });

  fetcher.mockClear();
  fetcher.mockImplementation((url) => Promise.resolve(new Response(url.at(-1))));
  await keepOffline();
  expect(fetcher.mock.calls.map(([url]) => url.at(-1))).toEqual(['b', 'c']);
  expect(useOffline.getState()).toMatchObject({ stopped: false, missing: [], asked: true });
});

it('says in one sentence that there is no more room', async () => {
  put = () => Promise.reject(new DOMException('Quota exceeded.', 'QuotaExceededError'));
  await keepOffline();
  expect(useOffline.getState()).toMatchObject({
    failure: words.failure.full,
    loaded: undefined,
    asked: false,
  });
});

it('opens the newer version once it serves this tab, and at once where another tab has let it in', async () => {
  const waiting = { postMessage: vi.fn() };
  let taken: () => void = () => undefined;
  const serviceWorker = {
    getRegistration: () => Promise.resolve<{ waiting: unknown }>({ waiting }),
    addEventListener: (_: string, listener: () => void) => {
      taken = listener;
    },
  };
  vi.stubGlobal('navigator', { serviceWorker });
  await openNewVersion();
  expect(waiting.postMessage).toHaveBeenCalledWith({ type: 'SKIP_WAITING' });
  expect(reload).not.toHaveBeenCalled();
  taken();
  expect(reload).toHaveBeenCalledTimes(1);

  serviceWorker.getRegistration = () => Promise.resolve({ waiting: null });
  await openNewVersion();
  expect(reload).toHaveBeenCalledTimes(2);
  expect(waiting.postMessage).toHaveBeenCalledTimes(1);
});
