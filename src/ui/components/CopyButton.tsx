import { useEffect, useRef, useState } from 'react';

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
        <span data-hidden={outcome !== 'copied'}>Copied</span>
      </button>
      <span className="visually-hidden" role="status">
        {outcome === 'copied' ? 'Copied' : ''}
      </span>
      {typeof outcome === 'object' && (
        <span className="copy-by-hand">
          <span role="alert">The browser did not let this page copy: take it from here.</span>
          <textarea readOnly rows={3} aria-label={`${label}: the text`} value={outcome.text} ref={area} />
          <button
            type="button"
            className="small"
            onClick={() => {
              setOutcome(undefined);
              button.current?.focus();
            }}
          >
            Close
          </button>
        </span>
      )}
    </span>
  );
}
