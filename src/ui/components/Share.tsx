import './share.css';
import { useEffect, useRef } from 'react';
import { copyLink } from '../actions/copy.ts';
import { showControls } from '../actions/view.ts';
import { links } from '../messages/links.ts';
import { usePage } from '../stores/page.ts';
import { CopyButton } from './CopyButton.tsx';

const copyShown = (): string => copyLink();
const copyHidden = (): string => copyLink('hidden');

/** Closes with Escape, and when something else is chosen. */
function useClosing(ref: React.RefObject<HTMLDetailsElement | null>): void {
  useEffect(() => {
    const close = (focus: boolean): void => {
      if (!ref.current?.open) return;
      ref.current.open = false;
      if (focus) ref.current.querySelector('summary')?.focus();
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || !ref.current?.open) return;
      event.preventDefault();
      close(ref.current.contains(document.activeElement));
    };
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) close(false);
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener('pointerdown', onPointer);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('pointerdown', onPointer);
    };
  }, [ref]);
}

/** The settings of all views, where a link has hidden them. */
function ShowSettings() {
  const hidden = usePage(({ controls }) => controls === 'hidden');
  if (!hidden) return null;
  return (
    <button
      type="button"
      onClick={() => {
        // It is gone in a moment; the view that it changes has the focus then.
        document.querySelector<HTMLElement>('.view main')?.focus();
        showControls();
      }}
    >
      {links.showSettings}
    </button>
  );
}

/** Links to the page as it is, of all views in one place. */
export function Share() {
  const details = useRef<HTMLDetailsElement>(null);
  useClosing(details);
  return (
    <div className="share">
      <ShowSettings />
      <details ref={details}>
        <summary>{links.share}</summary>
        <div className="share-panel card" role="group" aria-label={links.shareTitle}>
          <p className="hint">{links.says}</p>
          <CopyButton label={links.copy} copy={copyShown} />
          <p className="hint">{links.hiddenSays}</p>
          <CopyButton label={links.copyHidden} copy={copyHidden} />
        </div>
      </details>
    </div>
  );
}
