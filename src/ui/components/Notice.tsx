import type { ReactNode } from 'react';
import { shared } from '../messages/shared.ts';

/** One sentence that matters now, with what can be done about it. */
export function Notice({
  kind,
  children,
  action,
}: {
  kind: 'error' | 'warning';
  children: ReactNode;
  action?: { label: string; onClick: () => void };
}) {
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'note'}>
      <span className="notice-mark" aria-hidden="true">
        {shared.marks[kind]}
      </span>
      <p>{children}</p>
      {action && (
        <button type="button" onClick={action.onClick}>
          {action.label}
        </button>
      )}
    </div>
  );
}
