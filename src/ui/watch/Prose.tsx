import { memo } from 'react';
import { copyText } from '../actions/copy.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { watch } from '../messages/watch.ts';
import type { Slot } from '../../trace/slots.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { proseOf, sizeOf } from './piece.ts';

/** What a slot adds to the text. A step changes few of them. */
const Word = memo(function Word({
  state,
  text,
  differs,
}: {
  state: Slot['state'];
  text: string;
  differs: boolean;
}) {
  if (state === 'masked') {
    return (
      <span>
        {text}
        <span className="hatch" aria-hidden="true" />
      </span>
    );
  }
  if (state !== 'new' && !differs) return <span>{text}</span>;
  // The mark leaves the space before a word alone.
  const word = text.trimStart();
  const marked = state === 'new' ? <mark>{word}</mark> : word;
  return (
    <span>
      {text.slice(0, text.length - word.length)}
      {word !== '' && (differs ? <u>{marked}</u> : marked)}
    </span>
  );
});

/** Slots as running text. */
export const RunningText = memo(function RunningText({
  slots,
  vocabulary,
  differs,
}: {
  slots: Slot[];
  vocabulary: Vocabulary | undefined;
  /** Slots whose token is another one than in the text beside it. */
  differs?: ReadonlySet<number> | undefined;
}) {
  const texts = proseOf(
    slots.map((slot) => (slot.state === 'masked' ? undefined : slot.token)),
    vocabulary,
  );
  return slots.map(({ state }, position) => (
    <Word key={position} state={state} text={texts[position]} differs={differs?.has(position) === true} />
  ));
});

/** The text on the canvas as prose. */
export function Prose({
  slots,
  vocabulary,
  differs,
}: {
  slots: Slot[];
  vocabulary: Vocabulary | undefined;
  differs?: ReadonlySet<number> | undefined;
}) {
  return (
    <section className="prose card" aria-labelledby="prose-title">
      <div className="card-head">
        <h2 id="prose-title">{watch.prose.title}</h2>
        <CopyButton label={watch.prose.copy} copy={copyText} />
      </div>
      <p className="text" lang="en" data-slots={slots.length} data-size={sizeOf(slots.length)}>
        <RunningText slots={slots} vocabulary={vocabulary} differs={differs} />
      </p>
    </section>
  );
}
