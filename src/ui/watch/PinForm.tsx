import { useEffect, useId, useState } from 'react';
import { pin, tokensOf } from '../actions/pin.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { number } from './numbers.ts';
import { PieceText } from './PieceText.tsx';

/** A word as it will be tokenised: most have their space before them. */
function withSpace(typed: string, slot: number): string {
  return slot > 0 && /^[\p{L}\p{N}]/u.test(typed) ? ` ${typed}` : typed;
}

/** Type a word for a slot; what the tokenizer makes of it is shown before it is pinned. */
export function PinForm({ slot, held }: { slot: number; held: boolean }) {
  const id = useId();
  const { slots, model } = useWatch((state) => state.settings);
  const vocabulary = useEngine((state) => state.vocabularies[model]);
  const [typed, setTyped] = useState('');
  const [joined, setJoined] = useState(false);
  const [tokens, setTokens] = useState<number[] | { message: string }>([]);

  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      const text = joined ? typed.trimStart() : withSpace(typed, slot);
      const answer = typed.trim() === '' ? Promise.resolve([]) : tokensOf(text);
      void answer.then((ids) => {
        if (current) setTokens(ids);
      });
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [typed, joined, slot]);

  if (held) return <p className="hint">The prompt holds this slot: shorten the prompt to pin a word here.</p>;

  const ids = Array.isArray(tokens) ? tokens : [];
  const last = slot + ids.length;
  const problem = !Array.isArray(tokens)
    ? tokens.message
    : last > slots
      ? `These are ${number(ids.length)} tokens, and only ${number(slots - slot)} slots are left from here: type less, or pin further left.`
      : undefined;

  return (
    <form
      className="pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ids.length > 0 && problem === undefined) pin(slot, ids);
      }}
    >
      <label htmlFor={id}>Pin a word here</label>
      <div className="with-button">
        <input
          id={id}
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="type it, press Enter"
          aria-describedby={`${id}-tokens`}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <button type="submit" disabled={ids.length === 0 || problem !== undefined}>
          Pin
        </button>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={joined}
          onChange={(event) => {
            setJoined(event.target.checked);
          }}
        />
        joined to the slot before, without a space
      </label>
      <p className="hint pin-tokens" id={`${id}-tokens`} role="status">
        {problem ??
          (ids.length > 0 && (
            <>
              {ids.length === 1
                ? 'One token: '
                : `${number(ids.length)} tokens, slots ${slot + 1} to ${last}: `}
              {ids.map((token, i) => (
                <span className="chip" key={i}>
                  <PieceText token={token} vocabulary={vocabulary} />
                </span>
              ))}
            </>
          ))}
      </p>
    </form>
  );
}
