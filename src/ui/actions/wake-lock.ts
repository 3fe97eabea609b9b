import { isAtWork, useDistill } from '../stores/distill.ts';
import { number } from '../watch/numbers.ts';

let lock: WakeLockSentinel | undefined;
let wanted = false;
/** Updates that were done when the page was hidden, and its title. */
let hidden: { updates: number; title: string } | undefined;

const stillWanted = (): boolean => wanted && lock === undefined;

/** Keep the screen on while something runs, where the browser can; it may refuse, as on a low battery. */
async function keepAwake(): Promise<void> {
  // Missing in some browsers, and in insecure contexts.
  const api = navigator.wakeLock as WakeLock | undefined;
  if (!api || lock || document.hidden) return;
  try {
    const got = await api.request('screen');
    // What ran may have ended meanwhile.
    if (stillWanted()) lock = got;
    else await got.release();
  } catch {
    // It runs as well without.
  }
}

function letSleep(): void {
  void lock?.release().catch(() => undefined);
  lock = undefined;
}

/** What came of the updates while nobody looked. */
function onVisibility(): void {
  const view = useDistill.getState();
  if (document.hidden) {
    // The browser gave it up by itself.
    lock = undefined;
    if (!isAtWork(view)) return;
    hidden = { updates: view.state?.updates ?? 0, title: document.title };
    document.title = 'Distilling on, slowly · Unmask';
    return;
  }
  if (wanted) void keepAwake();
  if (!hidden) return;
  const done = Math.max(0, (view.state?.updates ?? 0) - hidden.updates);
  document.title = hidden.title;
  hidden = undefined;
  const updates = done === 1 ? 'one update was' : `${number(done)} updates were`;
  useDistill.setState({
    note: `While this tab was hidden it went on, slower than in sight: ${updates} done.`,
  });
}

let following = false;

/** From now on: the screen stays on while a distillation runs, and a hidden tab says what it did. */
export function watchOver(): void {
  if (following) return;
  following = true;
  document.addEventListener('visibilitychange', onVisibility);
  useDistill.subscribe((view) => {
    const now = isAtWork(view);
    if (now === wanted) return;
    wanted = now;
    if (now) void keepAwake();
    else letSleep();
  });
}
