import { memo, useMemo, type CSSProperties } from 'react';
import type { Slot } from '../../trace/slots.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { raceLanes } from '../messages/race.ts';
import { pieceOf, proseOf, widthOf } from '../watch/piece.ts';

/** Average letters that fit into a small slot at its smallest print. */
const FITS = 6;

const SmallSlot = memo(function SmallSlot({
  state,
  token,
  vocabulary,
}: {
  state: Slot['state'];
  /** Undefined where it is masked. */
  token: number | undefined;
  vocabulary: Vocabulary | undefined;
}) {
  if (token === undefined) return <li className="slot" data-state="masked" />;
  const { text, space, ours } = pieceOf(token, vocabulary);
  const letters = widthOf(text) + (space ? 0.65 : 0);
  return (
    <li
      className="slot"
      data-state={state}
      data-token={token}
      title={letters > FITS ? text : undefined}
      style={{ '--letters': letters } as CSSProperties}
    >
      <span className={ours ? 'piece ours' : 'piece'}>
        {space && <span className="space">·</span>}
        {text}
      </span>
    </li>
  );
});

/** The slots of a lane, small. They never move. To those who listen it is the running text. */
export const LaneText = memo(function LaneText({
  slots,
  vocabulary,
}: {
  slots: readonly Slot[];
  vocabulary: Vocabulary | undefined;
}) {
  const tokens = useMemo(
    () => slots.map((slot) => (slot.state === 'masked' ? undefined : slot.token)),
    [slots],
  );
  const written = tokens.some((token) => token !== undefined);
  return (
    <div className="lane-text" data-size={slots.length > 64 ? 'many' : 'few'}>
      <ol className="lane-slots" aria-hidden="true">
        {slots.map((slot, i) => (
          <SmallSlot key={i} state={slot.state} token={tokens[i]} vocabulary={vocabulary} />
        ))}
      </ol>
      <p className="visually-hidden" lang={written ? 'en' : undefined}>
        {written ? proseOf(tokens, vocabulary).join('') : raceLanes.nothingWritten}
      </p>
    </div>
  );
});
