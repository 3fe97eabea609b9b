import { useEffect } from 'react';

/** What can be done with a player, by button or by key. */
export interface PlayerMoves {
  toggle: () => void;
  first: () => void;
  back: () => void;
  forward: () => void;
  last: () => void;
}

const KEYS: Record<string, keyof PlayerMoves> = {
  ' ': 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  Home: 'first',
  End: 'last',
};

/** Whether the focused element wants the key for itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  // A scrubber does with arrows what the page would, unless its stops are uneven, and nothing with the space bar.
  if (target.matches('.scrubber')) return key !== ' ' && !target.matches('[data-uneven]');
  if (target.closest('input, textarea, select, [contenteditable]')) return true;
  // Within the canvas arrows go from slot to slot.
  if (target.closest('.canvas') && key.startsWith('Arrow')) return true;
  return key === ' ' && target.closest('button, a, summary') !== null;
}

/** The keys of a player, wherever the focus is, but never while typing. @param moves the same in every render */
export function usePlayerKeys(moves: PlayerMoves): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const move = KEYS[event.key] as keyof PlayerMoves | undefined;
      if (!move || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (isTaken(event.target, event.key)) return;
      event.preventDefault();
      moves[move]();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, [moves]);
}
