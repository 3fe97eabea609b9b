import type { ReactNode } from 'react';
import { useView, type View } from '../stores/view.ts';

/** A link to another view. Here the view changes and everything else stays; the address follows. */
export function ViewLink({
  view,
  current = false,
  children,
}: {
  view: View;
  current?: boolean;
  children: ReactNode;
}) {
  return (
    <a
      href={`#v=1&view=${view}`}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        // So that a view can be opened beside another.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        useView.setState({ view });
      }}
    >
      {children}
    </a>
  );
}
