import './microscope.css';
import { memo, useRef, type CSSProperties, type KeyboardEvent } from 'react';
import type { DistillState, TargetSlot } from '../../worker/distill/result.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { FLOOR_DRAWS, measureFloor } from '../actions/distill-rounds.ts';
import { lookAtSlot } from '../actions/distill-setup.ts';
import { ordinal } from '../messages/english.ts';
import { currentRound, lookedSlot, useDistill, type Looked } from '../stores/distill.ts';
import { chance, number } from '../watch/numbers.ts';
import { pieceOf, widthOf } from '../watch/piece.ts';
import { PieceText } from '../watch/PieceText.tsx';
import { pairsOf } from './pairs.ts';
import { LOSSES, lossText, lossWord } from './sentence.ts';

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
      aria-label="Slots of the text that is shown"
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
                <span className="visually-hidden">
                  Slot {i + 1}, masked, target from sub-step {slot.subStep}
                </span>
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
      <caption className="visually-hidden">Probability of the likeliest tokens, target and student</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">token</th>
          <th scope="col">target, then student</th>
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
                {token === undefined ? 'all others' : <PieceText token={token} vocabulary={vocabulary} />}
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
  const step = `${m === 1 ? 'only' : ordinal(slot.subStep)} sub-step`;
  const from = slot.unmasked
    ? `The target is the teacher's law in the ${step}, which unmasked this slot.`
    : `No sub-step unmasked this slot: the target is the teacher's law in the last one.`;
  return `${from} ${lossWord(loss) === 'divergence' ? 'Divergence' : 'Loss'} here: ${lossText(slot.divergence)} ${LOSSES[loss].unit}.`;
}

/** Below what no student can go, and why. */
function Floor({ state }: { state: DistillState }) {
  const task = useDistill((view) => view.floor);
  const { loss } = state.options;
  const { floor } = currentRound(state);
  if (!LOSSES[loss].floor) {
    return (
      <p className="hint scope-floor">
        Targets are drawn anew each time. How low {loss} can get with them is not known: only kl-bwd has a
        floor that can be computed.
      </p>
    );
  }
  return (
    <div className="scope-floor">
      <p className="hint">
        {floor
          ? `No student gets below about ${lossText(floor.estimate)} nat in this round: targets are drawn anew each time, and one pass has to settle between them. (Held-out texts, ${number(floor.draws)} draws, by which it is between ${lossText(floor.floor)} and ${lossText(floor.upper)}; this round's student began at ${lossText(floor.untrained)}.)`
          : 'The loss does not go to 0: targets are drawn anew each time, and one pass has to settle between them. How low it can get can be measured on texts that are held out.'}
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
          {task.state === 'running' ? 'Measuring …' : `Measure the floor, ${FLOOR_DRAWS} draws`}
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
        {slot ? `Slot ${slot.position - given + 1}: target against student` : 'Target against student'}
        {looked && <span className="scope-when">, update {number(looked.update)}</span>}
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
      <p className="hint scope-says">
        {slot
          ? slotSentence(slot, state)
          : 'Run one update: then each masked slot of its first text can be looked into, with what the teacher leaves there and what the student thinks.'}
      </p>
      <Pairs slot={slot} vocabulary={vocabulary} />
      <p className="scope-key">
        <span>
          <span className="pair-bar" data-of="target" aria-hidden="true" /> upper bar: target
        </span>
        <span>
          <span className="pair-bar" data-of="student" aria-hidden="true" /> lower bar: student
        </span>
      </p>
      <Floor state={state} />
    </section>
  );
}
