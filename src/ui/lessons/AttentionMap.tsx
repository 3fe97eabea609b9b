import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { AttentionResult } from '../../worker/protocol.ts';
import { askAttention } from '../actions/lesson-ask.ts';
import { choose, movePositions } from '../actions/lesson-widgets.ts';
import { Choice } from '../components/Choice.tsx';
import { Select } from '../components/Select.tsx';
import { attentionMap as says } from '../messages/lessons/attention-map.ts';
import { widgets } from '../messages/lessons/widgets.ts';
import { kindOf, titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { useAttention, useChoices, type Question } from '../stores/lesson-widgets.ts';
import { useWatch } from '../stores/watch.ts';
import { number, share } from '../../words/numbers.ts';
import { isEven, meanBehind, mostRead, rowOf, SHADES, shadesOf, sidesOf } from './attention.ts';
import { positionWords } from './position-words.ts';
import { isMasked, maskedSlots, textOf, type ShownText } from './shown-text.ts';
import { useOpenedSlot, useShownText, Widget } from './widget-parts.tsx';

/** Longest text that has a map, in tokens: 128 slots and the token that begins the text. */
const LONGEST_MAP = 129;
/** Positions that the sentence names, and that stand in the list of bars. */
const NAMED = 3;
const LISTED = 6;
/** Room for the hatch and the numbers of slots beside the map, as a part of its width. */
const MARGIN = 0.1;

/** The bundled causal model, where it reads the same tokens as the model of a run. */
function useCausal(model: string | undefined): string | undefined {
  return useEngine(({ models }) => {
    const own = models.find(({ id }) => id === model);
    const known = own?.origin === 'bundled' || own?.origin === 'distilled';
    return models.find(
      ({ kind, origin, vocabulary }) =>
        known && kind === 'causal' && origin === 'bundled' && vocabulary === own.vocabulary,
    )?.id;
  });
}

/** What is asked now. */
function useQuestion(text: ShownText | undefined, causal: string | undefined) {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const { layer, head } = useChoices();
  return useMemo((): Question<'attention'> | undefined => {
    // A causal model knows no mask: it reads the text as it was in the end.
    const end = causal !== undefined && run ? textOf(run, sample, Infinity) : undefined;
    const read = causal === undefined ? text : end?.whole ? { ...end, model: causal } : undefined;
    if (!read) return undefined;
    const { model, tokens, t } = read;
    return { text: read, options: { model, tokens: [...tokens], t, layer, head } };
  }, [text, causal, run, sample, layer, head]);
}

/** The first masked position; of a text without any, one in its middle. */
const firstReader = (text: ShownText): number =>
  (maskedSlots(text).at(0) ?? Math.floor((text.tokens.length - text.given) / 2)) + text.given;

/** Slots that have their number beside the map. */
function ticksOf({ tokens, given }: ShownText): number[] {
  const slots = tokens.length - given;
  const every = slots > 64 ? 32 : slots > 16 ? 8 : 4;
  return Array.from({ length: slots }, (_, i) => i + 1).filter((slot) => slot === 1 || slot % every === 0);
}

interface Chosen {
  /** Position that reads. */
  reader: number;
  /** Position that is read. */
  read: number;
}

/** The hatch, in units of the map. */
function Hatch({ id, size }: { id: string; size: number }) {
  return (
    <pattern id={id} width={size} height={size} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line className="attention-hatch" x1="0" x2="0" y1="0" y2={size} strokeWidth={size / 2} />
    </pattern>
  );
}

function HeadMap({ result, text, chosen }: { result: AttentionResult; text: ShownText; chosen: Chosen }) {
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
function Row({ row, read }: { row: readonly number[]; read: number }) {
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

/** The cell under the pointer. */
function cellAt(event: PointerEvent<HTMLElement>, length: number): Chosen {
  const { left, top, width } = event.currentTarget.getBoundingClientRect();
  const at = (offset: number): number => {
    const place = ((offset / width) * (1 + MARGIN) - MARGIN) * length;
    return Math.min(length - 1, Math.max(0, Math.floor(place)));
  };
  return { reader: at(event.clientY - top), read: at(event.clientX - left) };
}

/** What is known of a head, for the reader that is chosen. */
function Known({ result, text, chosen }: { result: AttentionResult; text: ShownText; chosen: Chosen }) {
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

/** Where one head of the network looks, in the text on the canvas. */
export function AttentionMap() {
  const { text, whyNot } = useShownText();
  const models = useEngine((state) => state.models);
  const { layer, head, causal: wanted, reader, read } = useChoices();
  const causalId = useCausal(text?.model);
  const question = useQuestion(text, wanted ? causalId : undefined);
  const answer = useAttention();
  const given = text?.given;
  const before = useRef(given);
  useEffect(() => {
    if (given === undefined) return;
    if (before.current !== undefined && before.current !== given) movePositions(given - before.current);
    before.current = given;
  }, [given]);
  useOpenedSlot('attention', text, (slot) => {
    choose({ reader: slot + (text?.given ?? 0) });
  });
  useEffect(() => {
    askAttention.ask(question);
  }, [question]);
  useEffect(() => askAttention.leave, []);

  const { known } = answer;
  const shown = known?.question.text;
  const last = (known?.result.length ?? 1) - 1;
  const chosenReader = shown ? Math.min(last, reader ?? firstReader(shown)) : 0;
  const chosenRead =
    known && shown ? Math.min(last, read ?? mostRead(rowOf(known.result, chosenReader), 1)[0].position) : 0;
  const count = (name: 'layers' | 'heads', least: number): number =>
    Math.max(known?.result[name] ?? 1, least + 1);
  const numbered = (all: number) =>
    Array.from({ length: all }, (_, value) => ({ value, label: number(value + 1) }));
  return (
    <Widget
      name="attention"
      answer={answer}
      again={askAttention.again}
      whyNot={whyNot ?? (question ? undefined : says.causalWaits)}
      choices={
        <>
          {text && causalId !== undefined && (
            <Choice
              legend={says.model}
              options={[
                { value: 'own', label: titleOf(text.model, models) },
                { value: 'causal', label: titleOf(causalId, models) },
              ]}
              value={wanted ? 'causal' : 'own'}
              onChange={(value) => {
                choose({ causal: value === 'causal' });
              }}
            />
          )}
          <div className="widget-choices">
            <Select
              label={says.layer}
              options={numbered(count('layers', layer))}
              value={layer}
              onChange={(value) => {
                choose({ layer: value });
              }}
            />
            <Select
              label={says.head}
              options={numbered(count('heads', head))}
              value={head}
              onChange={(value) => {
                choose({ head: value });
              }}
            />
            {shown && (
              <Select
                label={says.reader}
                options={[...shown.tokens.keys()].map((value) => ({
                  value,
                  label: positionWords(shown, value),
                }))}
                value={chosenReader}
                onChange={(value) => {
                  choose({ reader: value, read: undefined });
                }}
              />
            )}
          </div>
        </>
      }
    >
      {known && shown && (
        <Known result={known.result} text={shown} chosen={{ reader: chosenReader, read: chosenRead }} />
      )}
    </Widget>
  );
}
