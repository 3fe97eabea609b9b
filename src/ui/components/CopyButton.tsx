import { useEffect, useRef, useState } from 'react';
import { shared } from '../messages/shared.ts';

/** A button that copies, and says so; where copying is not allowed, what it would have copied stands there to be taken. */
export function CopyButton({ label, copy }: { label: string; copy: () => string | undefined }) {
  const [outcome, setOutcome] = useState<'copied' | { text: string }>();
  useEffect(() => {
    if (outcome !== 'copied') return undefined;
    const timer = setTimeout(() => {
      setOutcome(undefined);
    }, 2000);
    return () => {
      clearTimeout(timer);
    };
  }, [outcome]);

  const button = useRef<HTMLButtonElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (typeof outcome === 'object') area.current?.select();
  }, [outcome]);

  const onClick = async (): Promise<void> => {
    const text = copy();
    if (text === undefined) return;
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome({ text });
    }
  };

  return (
    <span className="copy">
      <button ref={button} type="button" className="small" onClick={() => void onClick()}>
        {/* Both words keep their room, so that the button keeps its size. */}
        <span data-hidden={outcome === 'copied'}>{label}</span>
        <span data-hidden={outcome !== 'copied'}>{shared.copy.done}</span>
      </button>
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? shared.copy.done : ''}
      </span>
      {typeof outcome === 'object' && (
        <span className="copy-by-hand">
          <span role="alert">{shared.copy.refused}</span>
          <textarea readOnly rows={3} aria-label={shared.copy.field(label)} value={outcome.text} ref={area} />
          <button
            type="button"
            className="small"
            onClick={() => {
              setOutcome(undefined);
              button.current?.focus();
            }}
          >
            {shared.close}
          </button>
        </span>
      )}
    </span>
  );
}
