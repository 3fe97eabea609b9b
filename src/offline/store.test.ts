import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  cacheLock,
  cacheName,
  fetchChecked,
  isOtherOpen,
  keptResponse,
  keyOf,
  NotAsBuilt,
  PAGE_LOCK,
  type OfflineFile,
} from './files.ts';
import { add, missing, retain, type FileCache } from './store.ts';

const SCOPE = 'https://school.example/lehre/unmask/';

const fileOf = (url: string, content: string): OfflineFile => ({
  url,
  bytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
  part: 'page',
});

/** A cache in memory: texts by their addresses. */
function memoryCache(): FileCache & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  const urlOf = (request: RequestInfo | URL): string =>
    request instanceof Request ? request.url : String(request);
  return {
    texts,
    keys: () => Promise.resolve([...texts.keys()].map((url) => new Request(url))),
    put: async (request, response) => {
      texts.set(urlOf(request), await response.text());
    },
    delete: (request) => Promise.resolve(texts.delete(urlOf(request))),
  };
}

const APP = fileOf('assets/index-aaaaaaaa.js', 'app');
const LIST = fileOf('weights/manifest.json', '{}');
const host: Record<string, string> = {
  [`${SCOPE}${APP.url}`]: 'app',
  [`${SCOPE}${LIST.url}`]: '{}',
  [SCOPE]: 'page',
};
const fetcher = (url: string): Promise<Response> =>
  Promise.resolve(url in host ? new Response(host[url]) : new Response('', { status: 404 }));

it('keeps files by addresses that change with their content, under the folder of the page', () => {
  expect(keyOf(APP, SCOPE)).toBe(`${SCOPE}assets/index-aaaaaaaa.js`);
  expect(keyOf(LIST, SCOPE)).toBe(`${SCOPE}weights/manifest.json?sha256=${LIST.sha256}`);
  expect(keyOf(fileOf('', 'page'), SCOPE)).toMatch(/unmask\/\?sha256=[0-9a-f]{64}$/);
});

it('adds what is missing, counts its bytes, and throws away what is not named', async () => {
  const cache = memoryCache();
  const files = [APP, LIST, fileOf('', 'page')];
  await cache.put(keyOf(LIST, SCOPE), new Response('{}'));
  expect(await missing(cache, files, SCOPE)).toEqual([APP, files[2]]);
  let loaded = 0;
  const asked: string[] = [];
  await add(cache, files, SCOPE, {
    fetcher: (url) => (asked.push(url), fetcher(url)),
    onBytes: (bytes) => (loaded = bytes),
  });
  expect([loaded, asked.length]).toEqual([7, 2]);
  expect(await missing(cache, files, SCOPE)).toEqual([]);
  await retain(cache, new Set([keyOf(APP, SCOPE)]));
  expect([...cache.texts]).toEqual([[keyOf(APP, SCOPE), 'app']]);
});

it('takes nothing that is not as it was built: the browser’s cache is asked first, then the host, then it fails', async () => {
  const answers = ['old', 'app', 'apps', 'ap'];
  const modes: (RequestCache | undefined)[] = [];
  const answer = (_url: string, init: RequestInit): Promise<Response> => {
    modes.push(init.cache);
    return Promise.resolve(new Response(answers.shift()));
  };
  expect(await (await fetchChecked(APP, SCOPE, { fetcher: answer })).text()).toBe('app');
  await expect(fetchChecked(APP, SCOPE, { fetcher: answer })).rejects.toEqual(
    new NotAsBuilt(APP.url, 'content'),
  );
  expect(modes).toEqual(['force-cache', 'reload', 'force-cache', 'reload']);
  const gone = fileOf('assets/gone-aaaaaaaa.js', 'x');
  await expect(fetchChecked(gone, SCOPE, { fetcher })).rejects.toEqual(new NotAsBuilt(gone.url, 'status'));
});

it('stops at the first failure and at the signal, and what has come stays', async () => {
  const cache = memoryCache();
  const many = Array.from({ length: 9 }, (_, i) => fileOf(`assets/none-aaaaaaa${i}.js`, 'x'));
  let asked = 0;
  const counting = (url: string): Promise<Response> => ((asked += 1), fetcher(url));
  await add(cache, [APP], SCOPE, { fetcher: counting });
  await expect(add(cache, [APP, ...many], SCOPE, { fetcher: counting })).rejects.toBeInstanceOf(NotAsBuilt);
  // Each twice, but not all of them.
  expect(asked).toBeLessThan(2 * many.length);
  expect(cache.texts.size).toBe(1);

  const stop = new AbortController();
  stop.abort();
  const heeding = (_url: string, { signal }: RequestInit): Promise<Response> =>
    signal?.aborted ? Promise.reject(new DOMException('', 'AbortError')) : fetcher(SCOPE);
  const stopped = add(cache, many, SCOPE, { fetcher: heeding, signal: stop.signal });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});

it('keeps the headers that isolate the page, and none that say how the body travelled', () => {
  const { headers } = keptResponse(
    new Uint8Array(),
    new Headers({
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Content-Encoding': 'gzip',
      'Content-Length': '9',
    }),
  );
  expect([...headers.keys()]).toEqual(['cross-origin-embedder-policy']);
});

it('tells folders apart, one within the other too: each has a cache, and its own open pages', () => {
  const root = 'https://school.example/';
  expect(new Set([root, SCOPE].map(cacheName)).size).toBe(2);
  expect(new Set([root, SCOPE].map(cacheLock)).size).toBe(2);
  expect(keyOf(APP, root)).not.toBe(keyOf(APP, SCOPE));

  const ours = (script: string): boolean => script === new URL(APP.url, SCOPE).href;
  const page = (script: string): string => `${PAGE_LOCK}${script}`;
  expect(isOtherOpen([page(keyOf(APP, SCOPE))], SCOPE, ours)).toBe(false);
  expect(isOtherOpen([page(`${SCOPE}assets/index-older.js`)], SCOPE, ours)).toBe(true);
  expect(isOtherOpen([page(`${SCOPE}assets/index-older.js`)], root, () => false)).toBe(false);
});
