import { useEffect } from 'react';
import { inLesson, useLesson } from '../stores/lesson.ts';
import { usePage } from '../stores/page.ts';

/** What can be done with a player, by button or by key. */
export interface PlayerMoves {
  toggle: () => void;
  first: () => void;
  back: () => void;
  forward: () => void;
  last: () => void;
}

const KEYS: Record<string, keyof PlayerMoves | undefined> = {
  ' ': 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  Home: 'first',
  End: 'last',
};

/** Those of a presenter besides, as remote controls send them. */
const PRESENTER: Record<string, keyof PlayerMoves> = { PageUp: 'back', PageDown: 'forward' };

/** What a key does now; in a lesson the presenter goes through that. */
function moveOf(key: string): keyof PlayerMoves | undefined {
  const presenter = usePage.getState().presenting && !inLesson(useLesson.getState());
  return KEYS[key] ?? (presenter ? PRESENTER[key] : undefined);
}

/** Whether keys write into an element, or choose from it by their letters. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'textarea, select, [contenteditable], input:not([type="range"], [type="checkbox"], [type="radio"])',
  ) !== null;

/** Whether the focused element wants the key for itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (key in PRESENTER) return isTyping(target);
  // A scrubber does with arrows what the page would, unless its stops are uneven, and nothing with the space bar.
  if (target.matches('.scrubber')) return key !== ' ' && !target.matches('[data-uneven]');
  if (target.closest('input, textarea, select, [contenteditable]')) return true;
  // Within the canvas arrows go from slot to slot.
  if (target.closest('.canvas') && key.startsWith('Arrow')) return true;
  return key === ' ' && target.closest('button, a, summary') !== null;
}

/**
 * The keys of a player, wherever the focus is, but never while typing.
 * @param moves the same in every render; keys of what is missing do what they do elsewhere
 */
export function usePlayerKeys(moves: Partial<PlayerMoves>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const name = moveOf(event.key);
      const move = name && moves[name];
      if (!move || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (isTaken(event.target, event.key)) return;
      event.preventDefault();
      move();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [moves]);
}
