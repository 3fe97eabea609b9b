/** Keeps the screen on, where the browser can; it may refuse, as on a low battery. */

const reasons = new Set<string>();
let lock: WakeLockSentinel | undefined;
let asking = false;
let following = false;

const stillWanted = (): boolean => reasons.size > 0 && lock === undefined;

async function request(): Promise<void> {
  // Missing in some browsers, and in insecure contexts.
  const api = navigator.wakeLock as WakeLock | undefined;
  if (!api || lock || asking || document.hidden) return;
  asking = true;
  try {
    const got = await api.request('screen');
    // What it was wanted for may be over meanwhile.
    if (stillWanted()) lock = got;
    else await got.release();
  } catch {
    // All goes on as well without.
  } finally {
    asking = false;
  }
}

function follow(): void {
  if (following) return;
  following = true;
  document.addEventListener('visibilitychange', () => {
    // The browser gives it up by itself when the page is hidden.
    if (document.hidden) lock = undefined;
    else if (stillWanted()) void request();
  });
}

/** From now on, until every reason is gone. @param reason such as "distillation" */
export function keepAwake(reason: string): void {
  follow();
  reasons.add(reason);
  void request();
}

/** This reason is gone. */
export function letSleep(reason: string): void {
  reasons.delete(reason);
  if (reasons.size > 0) return;
  void lock?.release().catch(() => undefined);
  lock = undefined;
}
