import { usePage } from '../stores/page.ts';
import { keepAwake, letSleep } from './screen-lock.ts';

/** Show the page to a room, or as usual again. */
export const togglePresenting = (): void => {
  usePage.setState(({ presenting }) => ({ presenting: !presenting }));
};

export const leaveRoom = (): void => {
  usePage.setState({ presenting: false });
};

/**
 * While the page is shown to a room: the screen stays on, and the browser gives the whole of it if it will, which it only
 * does right after a key or a click. Who leaves full screen leaves the room.
 * @returns ends it
 */
export function enterRoom(): () => void {
  let over = false;
  let whole = false;
  const onChange = (): void => {
    const now = document.fullscreenElement !== null;
    if (whole && !now) leaveRoom();
    whole = now;
  };
  document.addEventListener('fullscreenchange', onChange);
  keepAwake('presentation');
  // Missing on some phones.
  const root = document.documentElement as Partial<HTMLElement>;
  void root.requestFullscreen?.({ navigationUI: 'hide' }).then(
    () => {
      if (over) void document.exitFullscreen().catch(() => undefined);
    },
    () => undefined,
  );
  return () => {
    over = true;
    document.removeEventListener('fullscreenchange', onChange);
    letSleep('presentation');
    if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
  };
}
