/** The page in the browser's cache, and its newer versions. Loaded after the first run, which waits for none of it. */
import { Workbox } from 'workbox-window';
import { alone, cacheName, keepMark, keyOf, NotAsBuilt, type OfflineFile } from '../../offline/files.ts';
import { add, missing } from '../../offline/store.ts';
import { bytesText } from '../../words/bytes.ts';
import { offline as words } from '../messages/offline.ts';
import { bytesOf, useOffline } from '../stores/offline.ts';

const scope = (): string => new URL('./', document.baseURI).href;
const open = (): Promise<Cache> => caches.open(cacheName(scope()));

/** The files of the version that opens next time: the service worker's, or the host's in the first visit. */
async function listFiles(): Promise<OfflineFile[] | undefined> {
  const response = await fetch(new URL('offline.json', scope()));
  // `npm start` serves the page without.
  return response.status === 200 ? ((await response.json()) as OfflineFile[]) : undefined;
}

/** What is kept, as it is now. */
export async function lookOffline(): Promise<void> {
  const { rest, loaded } = useOffline.getState();
  if (loaded !== undefined) return;
  const cache = await open();
  useOffline.setState({
    missing: await missing(cache, rest, scope()),
    asked: (await cache.match(keepMark(scope()))) !== undefined,
  });
}

/** Let the service worker in, and say when it has a newer version. In browsers that have none nothing happens. */
export async function followOffline(): Promise<void> {
  try {
    const files =
      'serviceWorker' in navigator && typeof caches !== 'undefined' ? await listFiles() : undefined;
    if (!files) throw new Error(words.failure.nothing);
    const workbox = new Workbox(new URL('sw.js', scope()).href, { scope: scope() });
    workbox.addEventListener('waiting', () => {
      useOffline.setState({ update: true });
    });
    const none = new Promise<never>((_, reject) => {
      workbox.addEventListener('redundant', () => {
        // One that serves already goes on.
        if (!navigator.serviceWorker.controller) reject(new Error(words.failure.notWhole));
      });
    });
    if (!(await workbox.register({ immediate: true }))) throw new Error(words.failure.noWorker);
    const { active } = await Promise.race([navigator.serviceWorker.ready, none]);
    useOffline.setState({ rest: files.filter(({ part }) => part === 'rest') });
    await lookOffline();
    useOffline.setState({ where: 'ready' });
    active?.postMessage({ type: 'TIDY' });
  } catch {
    useOffline.setState({ where: 'none' });
  }
}

/** Open the newer version in this tab. Other tabs keep theirs. */
export async function openNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(scope());
  const reload = (): void => {
    location.reload();
  };
  // Another tab has let it in: it serves this one too.
  if (!registration?.waiting) {
    reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  registration.waiting.postMessage({ type: 'SKIP_WAITING' });
}

/** One sentence of why it could not be kept. */
function failureOf(error: unknown): string {
  if (error instanceof NotAsBuilt) return words.failure.changed;
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return words.failure.full;
  if (error instanceof TypeError) return words.failure.network;
  return words.failure.other(error instanceof Error ? error.message : String(error));
}

let stopping: AbortController | undefined;

/** Fetch the rest, each file checked, and keep newer versions whole from now on. */
export async function keepOffline(): Promise<void> {
  if (stopping) return;
  await lookOffline();
  const { missing: files } = useOffline.getState();
  const total = bytesOf(files);
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && usage !== undefined && quota - usage < total) {
    useOffline.setState({ failure: words.failure.room(bytesText(total), bytesText(quota - usage)) });
    return;
  }
  const stop = (stopping = new AbortController());
  useOffline.setState({ failure: undefined, stopped: false, loaded: 0, total });
  let failure: string | undefined;
  try {
    // The browser may clear what no one asked it to keep.
    await navigator.storage.persist().catch(() => false);
    await alone(
      scope(),
      async () => {
        const cache = await open();
        await add(cache, files, scope(), {
          signal: stop.signal,
          onBytes: (loaded) => {
            useOffline.setState({ loaded });
          },
        });
        await cache.put(keepMark(scope()), new Response());
      },
      stop.signal,
    );
  } catch (error) {
    if (!stop.signal.aborted) failure = failureOf(error);
  }
  stopping = undefined;
  useOffline.setState({ loaded: undefined, failure, stopped: stop.signal.aborted });
  await lookOffline();
}

/** Break off; what has come stays. */
export function stopKeeping(): void {
  stopping?.abort();
}

/** Throw away the rest. The page itself stays. */
export async function removeOffline(): Promise<void> {
  const { rest } = useOffline.getState();
  await alone(scope(), async () => {
    const cache = await open();
    await Promise.all(
      [keepMark(scope()), ...rest.map((file) => keyOf(file, scope()))].map((key) => cache.delete(key)),
    );
  });
  useOffline.setState({ failure: undefined, stopped: false });
  await lookOffline();
}
