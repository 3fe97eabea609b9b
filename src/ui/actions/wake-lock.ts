import { distill as says } from '../messages/distill.ts';
import { isAtWork, useDistill } from '../stores/distill.ts';
import { keepAwake, letSleep } from './screen-lock.ts';

/** Updates that were done when the page was hidden, and its title. */
let hidden: { updates: number; title: string } | undefined;

/** What came of the updates while nobody looked. */
function onVisibility(): void {
  const view = useDistill.getState();
  if (document.hidden) {
    if (!isAtWork(view)) return;
    hidden = { updates: view.state?.updates ?? 0, title: document.title };
    document.title = says.hiddenTitle;
    return;
  }
  if (!hidden) return;
  const done = Math.max(0, (view.state?.updates ?? 0) - hidden.updates);
  document.title = hidden.title;
  hidden = undefined;
  useDistill.setState({ note: says.whileHidden(done) });
}

let following = false;
let working = false;

/** From now on: the screen stays on while a distillation runs, and a hidden tab says what it did. */
export function watchOver(): void {
  if (following) return;
  following = true;
  document.addEventListener('visibilitychange', onVisibility);
  useDistill.subscribe((view) => {
    const now = isAtWork(view);
    if (now === working) return;
    working = now;
    if (now) keepAwake('distillation');
    else letSleep('distillation');
  });
}
