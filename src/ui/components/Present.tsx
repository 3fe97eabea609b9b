import { useEffect } from 'react';
import { enterRoom, leaveRoom, togglePresenting } from '../actions/present.ts';
import { Rich } from '../messages/Rich.tsx';
import { words } from '../messages/present.ts';
import { inLesson, useLesson } from '../stores/lesson.ts';
import { usePage } from '../stores/page.ts';
import { useView, type View } from '../stores/view.ts';
import { isTyping } from './player-keys.ts';

const KEYS: Record<View, string> = {
  watch: words.keys.steps,
  race: words.keys.moments,
  distill: words.keys.phases,
  evaluate: words.keys.pages,
  models: words.keys.pages,
  'self-test': words.keys.pages,
};

/** What Escape closes, wherever the focus is; a lesson is closed from within. */
const CLOSES =
  '.slot-panel[data-open="true"], .discard-asks, .lane-panel, .share details[open], .lesson-panel:focus-within';

/** Whether something on the page is open that Escape closes. */
const isOpen = (): boolean => document.querySelector(CLOSES) !== null;

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === 'Escape' && usePage.getState().presenting && !isOpen()) leaveRoom();
  if (event.key.toLowerCase() !== 'p' || isTyping(event.target)) return;
  event.preventDefault();
  togglePresenting();
}

/** Shows the page to a room: the button for it, its key, and while it does, what the keys of a presenter do. */
export function Present() {
  const presenting = usePage((state) => state.presenting);
  const view = useView((state) => state.view);
  const lesson = useLesson(inLesson);
  useEffect(() => {
    // First of all: whatever Escape closes is still open then.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, []);
  useEffect(() => (presenting ? enterRoom() : undefined), [presenting]);
  const key = (name: string) => <kbd>{name}</kbd>;
  return (
    <>
      {presenting && (
        // Told anew where the keys do something else.
        <p className="present-keys" key={lesson ? 'lesson' : view}>
          <Rich text={lesson ? words.keys.lesson : KEYS[view]} parts={{ key }} />
          {', '}
          <Rich text={words.keys.leave} parts={{ key }} />
        </p>
      )}
      <button
        type="button"
        title={presenting ? words.leaveTitle : words.presentTitle}
        onClick={togglePresenting}
      >
        {presenting ? words.leave : words.present}
      </button>
    </>
  );
}
