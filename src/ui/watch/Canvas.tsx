import './canvas.css';
import { memo, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent } from 'react';
import type { Slot } from '../../trace/slots.ts';
import type { Vocabulary } from '../../worker/protocol.ts';
import { focusPanel, lookInto } from '../actions/look-into.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { watch } from '../messages/watch.ts';
import { whatIf } from '../messages/what-if.ts';
import type { Mark } from '../stores/what-if.ts';
import type { Heat } from './colour.ts';
import { pieceOf, sizeOf, widthOf } from './piece.ts';

export type Look = Slot['state'] | 'pinned';

/** In the corner of a slot that is not masked: how it came, and in which step. */
function tagOf(slot: Exclude<Slot, { state: 'masked' }>, pinned: boolean, finalStep: number): string {
  if (slot.state === 'given') return pinned ? watch.canvas.pinned : watch.canvas.given;
  return watch.canvas[slot.state](slot.step === finalStep ? watch.canvas.final : String(slot.step));
}

/** A tag as it is seen, and beside a heat, which then stands there, as it is read out. */
const seen = (words: string) => <span>{words}</span>;
const heard = (words: string) => <span className="visually-hidden">{words}</span>;
const TAG: Parts = { look: seen, step: seen, quiet: heard };
const TAG_BESIDE_HEAT: Parts = { look: heard, step: heard, quiet: heard };

interface SlotProps {
  slot: Slot;
  /** 0-based. */
  index: number;
  pinned: boolean;
  finalStep: number;
  heat: Heat | undefined;
  chosen: boolean;
  mark: Mark | undefined;
  /** Whether it is only looked at. */
  still: boolean;
  /** Whether the tab key comes here. */
  reachable: boolean;
  vocabulary: Vocabulary | undefined;
}

/** What is in a slot that is not masked. */
function Filled({
  slot,
  pinned,
  finalStep,
  heat,
  mark,
  vocabulary,
}: SlotProps & { slot: Exclude<Slot, { state: 'masked' }> }) {
  const { text, space, ours } = pieceOf(slot.token, vocabulary);
  // Long words shrink to fit, since slots never grow.
  const style = { '--letters': widthOf(text) + (space ? 0.65 : 0) } as CSSProperties;
  return (
    <>
      <span className={ours ? 'piece ours' : 'piece'} style={style}>
        {space && (
          <span className="space" aria-hidden="true">
            ·
          </span>
        )}
        {text}
      </span>
      <span className="tag">
        {mark !== 'put' && (
          <Rich text={tagOf(slot, pinned, finalStep)} parts={heat ? TAG_BESIDE_HEAT : TAG} />
        )}
        {heat && <span>{heat.text}</span>}
      </span>
    </>
  );
}

function SlotView(props: SlotProps) {
  const { slot, index, pinned, heat, chosen, reachable, mark, still } = props;
  const look: Look = slot.state === 'given' && pinned ? 'pinned' : slot.state;
  const inside = (
    <>
      <span className="visually-hidden">{watch.canvas.slot(index + 1)}</span>
      {slot.state === 'masked' ? (
        <span className="visually-hidden">{watch.canvas.masked}</span>
      ) : (
        <Filled {...props} slot={slot} />
      )}
      {mark && (
        <span className="slot-mark">
          <span className="visually-hidden"> </span>
          {whatIf.marks[mark]}
        </span>
      )}
    </>
  );
  const written = slot.state === 'new' || slot.state === 'earlier';
  return (
    <li
      className="slot"
      data-state={look}
      data-heat={heat ? '' : undefined}
      data-mark={mark}
      data-token={slot.state === 'masked' ? undefined : slot.token}
      data-probability={written ? slot.probability : undefined}
      style={heat && ({ '--heat': heat.heat } as CSSProperties)}
    >
      {still ? (
        <span className="slot-button">{inside}</span>
      ) : (
        <button
          type="button"
          className="slot-button"
          aria-pressed={chosen}
          data-slot={index}
          tabIndex={reachable ? 0 : -1}
        >
          {inside}
        </button>
      )}
    </li>
  );
}

/** Whether two slots look alike. */
function alike(a: Slot, b: Slot): boolean {
  if (a === b) return true;
  if (a.state !== b.state) return false;
  if (a.state === 'masked' || b.state === 'masked') return true;
  if (a.token !== b.token) return false;
  if (a.state === 'given' || b.state === 'given') return true;
  return a.step === b.step && a.probability === b.probability;
}

const MemoSlot = memo(
  SlotView,
  (a, b) =>
    a.vocabulary === b.vocabulary &&
    a.finalStep === b.finalStep &&
    a.chosen === b.chosen &&
    a.reachable === b.reachable &&
    a.pinned === b.pinned &&
    a.mark === b.mark &&
    a.heat?.heat === b.heat?.heat &&
    a.heat?.text === b.heat?.text &&
    alike(a.slot, b.slot),
);

/** Where an arrow key leads in the grid. */
function next(key: string, index: number, count: number, columns: number): number {
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key] ?? 0;
  const target = index + by;
  return target >= 0 && target < count ? target : index;
}

/** The slot, from 0, whose button an event comes from. */
function slotOf(target: EventTarget): number | undefined {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-slot]') : null;
  return button ? Number(button.dataset['slot']) : undefined;
}

/** The slots of a text. They never move: a step only changes what is in them. */
export const Canvas = memo(function Canvas({
  slots,
  steps,
  pins,
  heats,
  chosen,
  vocabulary,
  label = watch.canvas.label,
  marks,
}: {
  slots: Slot[];
  /** Nominal steps; 0 where there are none. */
  steps: number;
  /** Token by slot that the visitor pinned for the run that is shown. */
  pins: Readonly<Record<number, number>>;
  /** Of each slot, where it has one. */
  heats: readonly (Heat | undefined)[];
  /** The slot that is looked into. */
  chosen: number | undefined;
  vocabulary: Vocabulary | undefined;
  label?: string;
  /** Of a what-if, of each slot that has one: its slots are only looked at. */
  marks?: readonly (Mark | undefined)[];
}) {
  const list = useRef<HTMLOListElement>(null);
  const [reachable, setReachable] = useState(0);
  // First-hitting has no final pass.
  const finalStep = steps === 0 ? Infinity : steps + 1;

  // One handler for all slots, of which there may be a thousand.
  const onClick = (event: MouseEvent): void => {
    const slot = slotOf(event.target);
    if (slot === undefined) return;
    lookInto(slot === chosen ? undefined : slot);
    // Who came by keyboard goes on in the panel.
    if (slot !== chosen && event.detail === 0) focusPanel();
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (!list.current || !event.key.startsWith('Arrow') || !(event.target instanceof HTMLElement)) return;
    const index = Number(event.target.dataset['slot']);
    const columns = getComputedStyle(list.current).gridTemplateColumns.split(' ').length;
    const target = next(event.key, index, slots.length, columns);
    event.preventDefault();
    list.current.querySelector<HTMLElement>(`[data-slot='${target}']`)?.focus();
  };

  return (
    // Lists without bullets are no lists to some screen readers unless they say so.
    <ol
      ref={list}
      className="canvas"
      role="list"
      aria-label={label}
      data-size={sizeOf(slots.length)}
      onClick={onClick}
      // A click leaves the focus where it is, so that the arrow keys go on to step through the run.
      onMouseDown={(event) => {
        if (slotOf(event.target) !== undefined) event.preventDefault();
      }}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        setReachable(Number(target.dataset['slot']));
      }}
    >
      {slots.map((slot, index) => (
        <MemoSlot
          key={index}
          {...{ slot, index, finalStep, vocabulary, heat: heats[index] }}
          pinned={index in pins}
          mark={marks?.[index]}
          still={marks !== undefined}
          chosen={index === chosen}
          reachable={index === Math.min(reachable, slots.length - 1)}
        />
      ))}
    </ol>
  );
});
