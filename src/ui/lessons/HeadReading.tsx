import { useState, type KeyboardEvent } from 'react';
import { choose } from '../actions/lesson-widgets.ts';
import { attentionMap as says } from '../messages/lessons/attention-map.ts';
import { widgets } from '../messages/lessons/widgets.ts';
import { kindOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { share } from '../../words/numbers.ts';
import { isEven, meanBehind, mostRead, rowOf, sidesOf } from './attention.ts';
import { cellAt, HeadMap, Row, type Chosen, type HeadProps } from './HeadMap.tsx';
import { positionWords } from './position-words.ts';
import { isMasked, type ShownText } from './shown-text.ts';

/** Longest text that has a map, in tokens: 128 slots and the token that begins the text. */
const LONGEST_MAP = 129;
/** Positions that the sentence names, and that stand in the list of bars. */
const NAMED = 3;
const LISTED = 6;
/** What a position reads, in words. */
function rowSentence(row: readonly number[], text: ShownText, reader: number): string {
  const name = positionWords(text, reader);
  if (isEven(row)) return says.even(name, Math.max(...row));
  const reads = mostRead(row, NAMED).filter(({ weight }, i) => i === 0 || weight >= 0.03);
  return says.mostly(
    name,
    reads.map(({ position, weight }) => ({ what: positionWords(text, position), weight })),
  );
}

/** The positions that are read most, with their bars; all of them where that is asked for. */
function Reads({ row, text }: { row: readonly number[]; text: ShownText }) {
  const reads = mostRead(row, LISTED);
  return (
    <ol className="attention-reads" role="list" aria-label={says.bars}>
      {reads.map(({ position, weight }) => (
        <li key={position} data-position={position}>
          <span className={isMasked(text, position) ? 'hatched' : undefined}>
            {positionWords(text, position)}
          </span>
          <span
            className="widget-bar"
            aria-hidden="true"
            style={{ width: `${(100 * weight) / reads[0].weight}%` }}
          />
          <span className="widget-value">{share(weight)}</span>
        </li>
      ))}
    </ol>
  );
}

function AsTable({ row, text }: { row: readonly number[]; text: ShownText }) {
  return (
    <details>
      <summary>{widgets.table}</summary>
      <div className="widget-scrolls" role="region" aria-label={widgets.table} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{says.columns.read}</th>
              <th scope="col">{says.columns.weight}</th>
            </tr>
          </thead>
          <tbody>
            {row.map((weight, position) => (
              <tr key={position}>
                <th scope="row">{positionWords(text, position)}</th>
                <td>{share(weight)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

const BY_KEY: Readonly<Record<string, readonly [number, number] | undefined>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** What is known of a head, for the reader that is chosen. */
export function HeadReading({ result, text, chosen }: HeadProps) {
  const [pointed, setPointed] = useState<Chosen>();
  const { length } = result;
  const row = rowOf(result, chosen.reader);
  const sentence = rowSentence(row, text, chosen.reader);
  const looked = pointed ?? chosen;
  const cell = ({ reader, read }: Chosen): string =>
    says.cell(positionWords(text, reader), positionWords(text, read), result.weights[reader * length + read]);
  const { before, itself, behind } = sidesOf(row, chosen.reader);
  const most = result.weights.reduce((so, weight) => Math.max(so, weight), 0);
  const causal =
    kindOf(
      text.model,
      useEngine((state) => state.models),
    ) === 'causal';
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = BY_KEY[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // They would step through the run as well.
    event.stopPropagation();
    const within = (position: number): number => Math.min(length - 1, Math.max(0, position));
    choose({ reader: within(chosen.reader + by[0]), read: within(chosen.read + by[1]) });
  };
  return (
    <>
      <p className="widget-sentence">{sentence}</p>
      {length > LONGEST_MAP ? (
        <p className="hint">{says.longer}</p>
      ) : (
        <div
          className="attention-map"
          role="slider"
          tabIndex={0}
          aria-orientation="vertical"
          aria-label={says.label}
          aria-valuemin={0}
          aria-valuemax={length - 1}
          aria-valuenow={chosen.reader}
          aria-valuetext={`${sentence} ${cell(chosen)}`}
          onKeyDown={onKeyDown}
          // A click leaves the focus where it is: the keys of a presenter go on to turn the parts.
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onPointerMove={(event) => {
            setPointed(cellAt(event, length));
          }}
          onPointerLeave={() => {
            setPointed(undefined);
          }}
          onPointerDown={(event) => {
            choose(cellAt(event, length));
          }}
        >
          <HeadMap {...{ result, text, chosen }} />
        </div>
      )}
      <Row row={row} read={chosen.read} />
      <p className="hint attention-cell-words" aria-hidden="true">
        {cell(looked)}
      </p>
      <p className="scale-legend">
        <span className="ramp" aria-hidden="true" />
        {says.scale(share(most))}
      </p>
      <Reads {...{ row, text }} />
      <p className="hint">{says.sides(before, itself, behind)}</p>
      <p className="hint" data-half={causal ? 'empty' : 'full'}>
        {causal ? says.causal : says.both(meanBehind(result))} {says.says} {says.caveat}
      </p>
      <AsTable {...{ row, text }} />
    </>
  );
}
