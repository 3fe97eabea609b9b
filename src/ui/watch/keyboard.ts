import { useEffect } from 'react';
import { seekTo, stepBy, togglePlay } from '../actions/transport.ts';

const KEYS: Record<string, () => void> = {
  ' ': togglePlay,
  ArrowLeft: () => {
    stepBy(-1);
  },
  ArrowRight: () => {
    stepBy(1);
  },
  Home: () => {
    seekTo(0);
  },
  End: () => {
    seekTo(Infinity);
  },
};

/** Whether the focused element wants the key for itself. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  // The scrubber does with arrows what the page would, and nothing with the space bar.
  if (target.matches('.scrubber')) return key !== ' ';
  if (target.closest('input, textarea, select, [contenteditable]')) return true;
  // Within the canvas arrows go from slot to slot.
  if (target.closest('.canvas') && key.startsWith('Arrow')) return true;
  return key === ' ' && target.closest('button, a, summary') !== null;
}

/** The keys of the player, wherever the focus is, but never while typing. */
export function useTransportKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = KEYS[event.key] as (() => void) | undefined;
      if (!action || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (isTaken(event.target, event.key)) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);
}
