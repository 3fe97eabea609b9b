import { useEffect, useId, useState } from 'react';
import { focusPanel } from '../actions/look-into.ts';
import { pin, tokensOf } from '../actions/pin.ts';
import { Rich } from '../messages/Rich.tsx';
import { slotPanel } from '../messages/watch.ts';
import { useEngine } from '../stores/engine.ts';
import { useWatch } from '../stores/watch.ts';
import { PieceText } from './PieceText.tsx';

const words = slotPanel.pin;

/** A word as it will be tokenised: most have their space before them. */
function withSpace(typed: string, slot: number): string {
  return slot > 0 && /^[\p{L}\p{N}]/u.test(typed) ? ` ${typed}` : typed;
}

/** What the tokenizer made of a text. */
interface Answer {
  model: string;
  text: string;
  tokens: number[] | { message: string };
}

const NONE: number[] = [];

/** Why tokens cannot be pinned from a slot on. */
function problemOf(tokens: Answer['tokens'], slot: number, slots: number): string | undefined {
  if (!Array.isArray(tokens)) return tokens.message;
  if (slot + tokens.length <= slots) return undefined;
  return words.tooMany(tokens.length, slots - slot);
}

/** Type a word for a slot, to be pinned in the next run. */
export function PinForm({ slot }: { slot: number }) {
  const { slots, model } = useWatch((state) => state.settings);
  if (slot >= slots) return <p className="hint">{words.gone(slots)}</p>;
  return <WordForm {...{ slot, slots, model, label: words.label, submit: words.submit }} take={pin} />;
}

/** Type a word for a slot; what the tokenizer makes of it is shown before it is taken. */
export function WordForm({
  slot,
  slots,
  model,
  label,
  submit: button,
  take,
}: {
  slot: number;
  /** Of the canvas. */
  slots: number;
  model: string;
  label: string;
  /** Of the button. */
  submit: string;
  /** @param tokens for the slot and those behind it */
  take: (slot: number, tokens: readonly number[]) => void;
}) {
  const id = useId();
  const vocabulary = useEngine((state) => state.vocabularies[model]);
  const [typed, setTyped] = useState('');
  const [joined, setJoined] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const text = typed.trim() === '' ? '' : joined ? typed.trimStart() : withSpace(typed, slot);

  useEffect(() => {
    if (text === '') return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void tokensOf(model, text).then((tokens) => {
        if (current) setAnswer({ model, text, tokens });
      });
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, model]);

  const known = answer?.text === text && answer.model === model;
  const tokens = text !== '' && known ? answer.tokens : NONE;
  const ids = Array.isArray(tokens) ? tokens : NONE;
  const last = slot + ids.length;
  const problem = problemOf(tokens, slot, slots);

  const submit = async (): Promise<void> => {
    if (text === '') return;
    // Whoever presses Enter at once means what stands there, not what was answered last.
    const now = known ? answer.tokens : await tokensOf(model, text);
    setAnswer({ model, text, tokens: now });
    if (!Array.isArray(now) || now.length === 0 || problemOf(now, slot, slots) !== undefined) return;
    take(slot, now);
    setTyped('');
    focusPanel();
  };

  return (
    <form
      className="pin-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div className="with-button">
        <input
          id={id}
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={words.placeholder}
          aria-describedby={`${id}-tokens`}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
          }}
        />
        <button type="submit" disabled={text === '' || problem !== undefined}>
          {button}
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
        {words.joined}
      </label>
      <p className="hint pin-tokens" id={`${id}-tokens`} role="status">
        {text !== '' && !known && words.reading}
        {problem ??
          (ids.length > 0 && (
            <Rich
              text={ids.length === 1 ? words.one : words.several(ids.length, slot + 1, last)}
              parts={{
                tokens: () =>
                  ids.map((token, i) => (
                    <span className="chip" key={i}>
                      <PieceText token={token} vocabulary={vocabulary} />
                    </span>
                  )),
              }}
            />
          ))}
      </p>
    </form>
  );
}
