import { useId, useMemo, type PointerEvent } from 'react';
import type { AttentionResult } from '../../worker/protocol.ts';
import { SHADES, shadesOf } from './attention.ts';
import { isMasked, type ShownText } from './shown-text.ts';

/** Room for the hatch and the numbers of slots beside the map, as a part of its width. */
const MARGIN = 0.1;

/** Slots that have their number beside the map. */
function ticksOf({ tokens, given }: ShownText): number[] {
  const slots = tokens.length - given;
  const every = slots > 64 ? 32 : slots > 16 ? 8 : 4;
  return Array.from({ length: slots }, (_, i) => i + 1).filter((slot) => slot === 1 || slot % every === 0);
}

/** A cell of the map. */
export interface Chosen {
  /** Position that reads. */
  reader: number;
  /** Position that is read. */
  read: number;
}

/** What a head reads in a text, and the cell that is looked at. */
export interface HeadProps {
  result: AttentionResult;
  text: ShownText;
  chosen: Chosen;
}

/** The hatch, in units of the map. */
function Hatch({ id, size }: { id: string; size: number }) {
  return (
    <pattern id={id} width={size} height={size} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line className="attention-hatch" x1="0" x2="0" y1="0" y2={size} strokeWidth={size / 2} />
    </pattern>
  );
}

/** The weights of a head as shades: who reads by rows, what is read by columns. */
export function HeadMap({ result, text, chosen }: HeadProps) {
  const id = useId();
  const { length } = result;
  const most = result.weights.reduce((so, weight) => Math.max(so, weight), 0);
  const shades = useMemo(() => shadesOf(result, most), [result, most]);
  const pad = MARGIN * length;
  const strip = pad / 3;
  const masked = [...text.tokens.keys()].filter((position) => isMasked(text, position));
  return (
    <svg viewBox={`${-pad} ${-pad} ${length + pad} ${length + pad}`} aria-hidden="true">
      <defs>
        <Hatch id={id} size={length / 60} />
      </defs>
      {masked.map((position) => (
        <g key={position} fill={`url(#${id})`}>
          <rect x={position} y={-strip * 1.25} width="1" height={strip} />
          <rect x={-strip * 1.25} y={position} width={strip} height="1" />
        </g>
      ))}
      <g className="attention-ticks" fontSize={length / 28}>
        {ticksOf(text).map((slot) => (
          <g key={slot}>
            <text x={slot + text.given - 0.5} y={-strip * 1.5} textAnchor="middle">
              {slot}
            </text>
            <text x={-strip * 1.5} y={slot + text.given - 0.5} dy="0.35em" textAnchor="end">
              {slot}
            </text>
          </g>
        ))}
      </g>
      <rect className="attention-paper" width={length} height={length} />
      <g className="attention-cells">
        {shades.map((d, i) => d !== '' && <path key={i} d={d} fillOpacity={(i + 1) / SHADES} />)}
      </g>
      <rect className="attention-row" x="0" y={chosen.reader} width={length} height="1" />
      <rect className="attention-cell" x={chosen.read} y={chosen.reader} width="1" height="1" />
    </svg>
  );
}

/** The chosen row as bars, below the columns of the map. */
export function Row({ row, read }: { row: readonly number[]; read: number }) {
  const most = Math.max(...row);
  const height = row.length / 5;
  const pad = MARGIN * row.length;
  return (
    <svg viewBox={`${-pad} 0 ${row.length + pad} ${height}`} aria-hidden="true">
      {row.map((weight, i) => {
        const tall = (height * weight) / most;
        return (
          <rect
            key={i}
            className="attention-bar"
            data-read={i === read}
            {...{ x: i + 0.1, width: 0.8, y: height - tall, height: tall }}
          />
        );
      })}
      <line className="attention-ground" x1="0" x2={row.length} y1={height} y2={height} />
    </svg>
  );
}

/** The cell under the pointer. */
export function cellAt(event: PointerEvent<HTMLElement>, length: number): Chosen {
  const { left, top, width } = event.currentTarget.getBoundingClientRect();
  const at = (offset: number): number => {
    const place = ((offset / width) * (1 + MARGIN) - MARGIN) * length;
    return Math.min(length - 1, Math.max(0, Math.floor(place)));
  };
  return { reader: at(event.clientY - top), read: at(event.clientX - left) };
}
