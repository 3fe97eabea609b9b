import './microscope.css';
import { memo, useRef, type CSSProperties, type KeyboardEvent } from 'react';
import type { DistillState, TargetSlot } from '../../worker/distill/result.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { FLOOR_DRAWS, measureFloor } from '../actions/distill-rounds.ts';
import { lookAtSlot } from '../actions/distill-setup.ts';
import { microscope as says } from '../messages/distill-figures.ts';
import { currentRound, lookedSlot, useDistill, type Looked } from '../stores/distill.ts';
import { chance } from '../../words/numbers.ts';
import { pieceOf, widthOf } from '../watch/piece.ts';
import { PieceText } from '../watch/PieceText.tsx';
import { pairsOf } from './pairs.ts';
import { LOSSES, lossKind, lossText } from './sentence.ts';

/** Tokens of a slot that are shown. */
const SHOWN = 8;

/** The text x_t: its masked slots can be looked into. */
const TextSlots = memo(function TextSlots({
  looked,
  chosen,
  given,
  vocabulary,
}: {
  looked: Looked;
  /** Position of the slot that is looked into. */
  chosen: number | undefined;
  given: 0 | 1;
  vocabulary: Vocabulary | undefined;
}) {
  const list = useRef<HTMLOListElement>(null);
  const slots = looked.slots.filter(({ position }) => position >= given);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = slots.findIndex(({ position }) => position === chosen);
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined || at < 0) return;
    event.preventDefault();
    const next = slots[Math.min(slots.length - 1, Math.max(0, at + by))].position;
    lookAtSlot(next);
    list.current?.querySelector<HTMLElement>(`[data-position='${next}']`)?.focus();
  };
  const byPosition = new Map(looked.slots.map((slot) => [slot.position, slot]));
  return (
    <ol
      ref={list}
      className="scope-slots"
      role="list"
      aria-label={says.slots}
      data-many={looked.tokens.length > 48}
      onKeyDown={onKeyDown}
    >
      {looked.tokens.slice(given).map((token, i) => {
        const position = i + given;
        const slot = byPosition.get(position);
        if (slot) {
          return (
            <li key={i}>
              <button
                type="button"
                className="scope-slot"
                data-position={position}
                aria-pressed={position === chosen}
                tabIndex={position === chosen ? 0 : -1}
                onClick={() => {
                  lookAtSlot(position);
                }}
              >
                <span className="visually-hidden">{says.slot(i + 1, slot.subStep)}</span>
                <span aria-hidden="true">{slot.subStep}</span>
              </button>
            </li>
          );
        }
        const { text, ours } = pieceOf(token, vocabulary);
        return (
          <li
            key={i}
            className={ours ? 'scope-word ours' : 'scope-word'}
            style={{ '--letters': widthOf(text) } as CSSProperties}
          >
            <span>{text}</span>
          </li>
        );
      })}
    </ol>
  );
});

/** Target and student side by side, for the likeliest tokens of either, and for all others together. */
function Pairs({ slot, vocabulary }: { slot: TargetSlot | undefined; vocabulary: Vocabulary | undefined }) {
  const rows = slot ? pairsOf(slot.tokens, SHOWN) : [];
  const most = Math.max(...rows.flatMap(({ target, student }) => [target, student]), 1e-9);
  const share = (value: number): CSSProperties => ({ '--share': value / most }) as CSSProperties;
  return (
    <table className="pairs">
      <caption className="visually-hidden">{says.pairs}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{says.token}</th>
          <th scope="col">{says.both}</th>
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: SHOWN + 1 }, (_, i) => {
          const pair = rows.at(i);
          if (!pair) {
            return (
              <tr key={i} aria-hidden="true">
                <td colSpan={2}>{slot === undefined && <span className="hatch" />}</td>
              </tr>
            );
          }
          const { token, target, student } = pair;
          return (
            <tr key={i} data-others={token === undefined}>
              <th scope="row">
                {token === undefined ? says.others : <PieceText token={token} vocabulary={vocabulary} />}
              </th>
              <td>
                <span className="pair-bars" aria-hidden="true">
                  <span className="pair-bar" data-of="target" style={share(target)} />
                  <span className="pair-bar" data-of="student" style={share(student)} />
                </span>
                <span className="pair-values">
                  <span>{chance(target)}</span>
                  <span className="visually-hidden">, </span>
                  <span>{chance(student)}</span>
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Where the target comes from, and how far the student is off. */
function slotSentence(slot: TargetSlot, { options }: DistillState): string {
  const { m, loss } = options;
  const from = slot.unmasked ? says.from(slot.subStep, m) : says.fromLast;
  return `${from} ${says.off[lossKind(loss)](lossText(slot.divergence), LOSSES[loss].unit)}`;
}

/** Below what no student can go, and why. */
function Floor({ state }: { state: DistillState }) {
  const task = useDistill((view) => view.floor);
  const { loss } = state.options;
  const { floor } = currentRound(state);
  if (!LOSSES[loss].floor) {
    return <p className="hint scope-floor">{says.floor.notKnown(loss)}</p>;
  }
  return (
    <div className="scope-floor">
      <p className="hint">
        {floor
          ? says.floor.known(
              ...([lossText(floor.estimate), floor.draws] as const),
              ...([lossText(floor.floor), lossText(floor.upper), lossText(floor.untrained)] as const),
            )
          : says.floor.waiting}
      </p>
      {!floor && (
        <button
          type="button"
          className="small"
          aria-disabled={task.state === 'running'}
          onClick={() => {
            if (task.state !== 'running') void measureFloor();
          }}
        >
          {task.state === 'running' ? says.floor.measuring : says.floor.measure(FLOOR_DRAWS)}
        </button>
      )}
      {task.state === 'failed' && (
        <p className="hint" role="alert">
          {task.failure.message}
        </p>
      )}
    </div>
  );
}

/** One masked slot: what the student was to learn there, and what it thinks. */
export function Microscope({
  state,
  given,
  vocabulary,
}: {
  state: DistillState;
  given: 0 | 1;
  vocabulary: Vocabulary | undefined;
}) {
  const looked = useDistill((view) => view.looked);
  const slot = useDistill(lookedSlot);
  return (
    <section className="card scope" aria-labelledby="scope-title">
      <h2 id="scope-title">
        {slot ? says.titleOf(slot.position - given + 1) : says.title}
        {looked && <span className="scope-when">{says.update(looked.update)}</span>}
      </h2>
      {looked ? (
        <TextSlots {...{ looked, given, vocabulary }} chosen={slot?.position} />
      ) : (
        <div className="scope-slots" aria-hidden="true" data-many={state.options.length > 48}>
          {Array.from({ length: state.options.length - given }, (_, i) => (
            <span key={i} className="scope-waiting" />
          ))}
        </div>
      )}
      <p className="hint scope-says">{slot ? slotSentence(slot, state) : says.nothing}</p>
      <Pairs slot={slot} vocabulary={vocabulary} />
      <p className="scope-key">
        <span>
          <span className="pair-bar" data-of="target" aria-hidden="true" /> {says.upper}
        </span>
        <span>
          <span className="pair-bar" data-of="student" aria-hidden="true" /> {says.lower}
        </span>
      </p>
      <Floor state={state} />
    </section>
  );
}
