import { useEffect, useRef, useState } from 'react';
import { shared } from '../messages/shared.ts';

/** A button for what cannot be undone: it asks before it does it. */
export function Confirm({
  label,
  asks,
  yes,
  no = shared.confirm.no,
  disabled = false,
  onYes,
}: {
  label: string;
  /** The question, a short sentence. */
  asks: string;
  yes: string;
  no?: string;
  disabled?: boolean;
  onYes: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const [kept, setKept] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that had the focus is gone.
    if (kept) button.current?.focus();
  }, [kept]);
  if (asking) {
    return (
      <span className="confirm">
        <span>{asks}</span>
        <button
          type="button"
          className="small"
          autoFocus
          onClick={() => {
            setAsking(false);
            onYes();
          }}
        >
          {yes}
        </button>
        <button
          type="button"
          className="small"
          onClick={() => {
            setAsking(false);
            setKept(true);
          }}
        >
          {no}
        </button>
      </span>
    );
  }
  return (
    <button
      ref={button}
      type="button"
      className="small"
      aria-disabled={disabled}
      onClick={() => {
        setKept(false);
        if (!disabled) setAsking(true);
      }}
    >
      {label}
    </button>
  );
}
