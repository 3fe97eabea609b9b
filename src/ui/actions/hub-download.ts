import type { HubSource, PartialDownload } from '../../worker/checkpoints/result.ts';
import { UnmaskError } from '../../worker/client.ts';
import type { LoadProgress } from '../../worker/protocol.ts';
import { engine } from '../engine.ts';
import { keyOf } from '../models/source.ts';
import { useModels, withBegun, withDownload, withReport, type Download } from '../stores/models.ts';
import { listModels } from './distill-events.ts';
import { toFailure } from './failure.ts';
import { refreshPreflight } from './hub-choose.ts';
import { keepForGood, listStore, removeFromStore } from './model-store.ts';
import { perFrame } from './per-frame.ts';

const running = new Map<string, AbortController>();

const change = (key: string, how: (download: Download) => Download): void => {
  useModels.setState(({ downloads }) => ({ downloads: withDownload(downloads, key, how) }));
};

/** Numbers that change faster cannot be read, ms. */
const TOLD_EVERY = 200;

/** Takes what a download tells. */
function follow(key: string): { add: (progress: LoadProgress) => void; flush: () => void } {
  let told = -Infinity;
  return perFrame<LoadProgress>((came) => {
    const now = performance.now();
    const last = came.filter(({ stage }) => stage === 'fetch').at(-1);
    if (!last || (now - told < TOLD_EVERY && last.loaded < last.total)) return;
    told = now;
    change(key, (download) => withReport(download, last, now));
  });
}

/** Fetch a model into the store, or go on where that broke off. It goes on whatever view is open. */
export async function fetchModel(
  source: HubSource,
  kept: Pick<Download, 'keep' | 'storage'>,
  { loaded, total } = { loaded: 0, total: 0 },
): Promise<void> {
  const key = keyOf(source);
  if (running.has(key)) return;
  const controller = new AbortController();
  running.set(key, controller);
  useModels.setState(({ downloads }) => ({
    downloads: withBegun(downloads, { source, ...kept, loaded, total }),
  }));
  const progress = follow(key);
  void keepForGood();
  try {
    const model = await engine.call(
      'fetchModel',
      { ...source, ...kept },
      { signal: controller.signal, onProgress: progress.add },
    );
    progress.flush();
    change(key, (download) => ({ ...download, state: 'done', model, loaded: download.total }));
    await listModels().catch(() => undefined);
  } catch (error) {
    progress.flush();
    const stopped = error instanceof UnmaskError && error.code === 'aborted';
    change(key, (download) => ({
      ...download,
      ...(stopped ? { state: 'stopped' as const } : { state: 'failed' as const, failure: toFailure(error) }),
    }));
  } finally {
    running.delete(key);
  }
  await listStore();
  await refreshPreflight(key);
}

/** Stop a download; what came of it stays. */
export function stopDownload(key: string): void {
  running.get(key)?.abort();
}

/** Go on with a download of this visit that stopped or failed. */
export async function resumeDownload({ source, keep, storage, loaded, total }: Download): Promise<void> {
  await fetchModel(source, { keep, ...(storage === undefined ? {} : { storage }) }, { loaded, total });
}

/** Go on with a download that broke off earlier. */
export async function resumePartial({ source, keep, loaded, total }: PartialDownload): Promise<void> {
  const { repo, revision, endpoint } = source;
  await fetchModel({ repo, revision, endpoint }, { keep }, { loaded, total });
}

/** Take a download off the page; what is in the store stays. */
export function dismissDownload(key: string): void {
  useModels.setState(({ downloads }) => ({ downloads: downloads.filter((one) => one.key !== key) }));
}

/** Throw away what came of a download that did not come to its end. */
export async function discardDownload(source: HubSource): Promise<void> {
  const key = keyOf(source);
  const { repo, revision, endpoint } = source;
  const { store } = useModels.getState();
  if (store?.partial.every((one) => keyOf(one.source) !== key)) {
    // It failed before its first byte.
    dismissDownload(key);
    return;
  }
  const named = { repo, ...(revision === undefined ? {} : { revision }) };
  const gone = await removeFromStore({
    source: { ...named, ...(endpoint === undefined ? {} : { endpoint }) },
  });
  if (!gone) return;
  dismissDownload(key);
  await refreshPreflight(key);
}
