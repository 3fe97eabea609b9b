import { useEffect, useMemo } from 'react';
import type { LensResult } from '../../worker/protocol.ts';
import { askLens } from '../actions/lesson-ask.ts';
import { choose } from '../actions/lesson-widgets.ts';
import { Select } from '../components/Select.tsx';
import { Slider } from '../components/Slider.tsx';
import { precisionLens as says } from '../messages/lessons/precision-lens.ts';
import { widgets } from '../messages/lessons/widgets.ts';
import {
  LENS_TEMPERATURES,
  MOST_DOUBLINGS,
  useChoices,
  useLens,
  type Question,
} from '../stores/lesson-widgets.ts';
import { useWatch } from '../stores/watch.ts';
import { fixed, number, share, tenTo } from '../../words/numbers.ts';
import { isTiny, lensFigure, tableOf, type Curve } from './lens.ts';
import { positionWords } from './position-words.ts';
import { maskedSlots } from './shown-text.ts';
import { useOpenedSlot, useShownText, Widget } from './widget-parts.tsx';

/** A run with more, or without, is looked at as if it had so many. */
const USUAL_DOUBLINGS = 3;

const CURVES: readonly Curve[] = ['exact', 'safe', 'naive'];

/** Size of the picture in its own units, and room for the numbers beside its axes. */
const [WIDE, HIGH] = [320, 200];
const [LEFT, BOTTOM] = [44, 36];

/** The curves: chance by rank. */
function Figure({ result }: { result: LensResult }) {
  const { ranks, chances, curves } = useMemo(() => lensFigure(result), [result]);
  const x = (place: number): number => LEFT + place * (WIDE - LEFT - 8);
  const y = (place: number): number => 8 + (1 - place) * (HIGH - 8 - BOTTOM);
  const power = (tick: number): string => {
    const exponent = Math.log10(tick);
    return Number.isInteger(exponent) ? tenTo(exponent) : share(tick);
  };
  const end = curves.naive.at(-1);
  return (
    <svg className="lens-figure" viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={says.figure}>
      {chances.ticks.map((tick) => (
        <g key={tick}>
          <line
            className="grid"
            x1={LEFT}
            x2={WIDE - 8}
            y1={y(chances.place(tick))}
            y2={y(chances.place(tick))}
          />
          <text x={LEFT - 6} y={y(chances.place(tick))} dy="0.35em" textAnchor="end">
            {power(tick)}
          </text>
        </g>
      ))}
      {ranks.ticks.map((tick) => (
        <text key={tick} x={x(ranks.place(tick))} y={HIGH - BOTTOM + 14} textAnchor="middle">
          {number(tick)}
        </text>
      ))}
      <text x={x(0.5)} y={HIGH - 5} textAnchor="middle">
        {says.axes.rank}
      </text>
      {CURVES.map((name) => (
        <polyline
          key={name}
          className="lens-curve"
          data-of={name}
          points={curves[name]
            .map(([rank, chance]) => `${x(rank).toFixed(1)},${y(chance).toFixed(1)}`)
            .join(' ')}
        />
      ))}
      {/* Where that noise ends. */}
      {end && result.never.tokens > 0 && (
        <line className="lens-end" x1={x(end[0])} x2={x(end[0])} y1={y(end[1])} y2={y(0)} />
      )}
    </svg>
  );
}

function AsTable({ result }: { result: LensResult }) {
  return (
    <details>
      <summary>{widgets.table}</summary>
      <table className="lens-table">
        <thead>
          <tr>
            <th scope="col">{says.axes.rank}</th>
            {CURVES.map((name) => (
              <th key={name} scope="col">
                {says.curves[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tableOf(result).map((point) => (
            <tr key={point.rank}>
              <th scope="row">{number(point.rank)}</th>
              {CURVES.map((name) => (
                <td key={name}>{point[name] === 0 ? says.none : point[name].toExponential(2)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** What the lens shows, in sentences. */
export function lensSentences({ never, entropy, distance, stay }: LensResult, steps: number): string[] {
  return [
    never.tokens > 0 ? says.never(steps, never.tokens, never.probability) : says.all(steps),
    isTiny({ distance }) ? says.tiny(distance.naive) : says.apart(distance.naive),
    says.entropy(entropy.exact, entropy.naive, entropy.safe),
    says.stay(stay.exact, stay.naive),
  ];
}

/** What noise of 32-bit floats makes of the law of a masked slot. */
export function PrecisionLens() {
  const { text, whyNot } = useShownText();
  const nominal = useWatch(({ run }) => run?.settings.steps ?? 0);
  const wanted = useChoices();
  const { temperature } = wanted;
  const playing = useWatch(({ player }) => player.playing);
  const answer = useLens();
  const masked = useMemo(() => (text ? maskedSlots(text) : []), [text]);
  const slot = wanted.slot !== undefined && masked.includes(wanted.slot) ? wanted.slot : masked.at(-1);
  const ofRun = nominal > 0 ? Math.round(Math.log2(nominal)) : USUAL_DOUBLINGS;
  const doublings = wanted.steps ?? ofRun;
  const question = useMemo((): Question<'lens'> | undefined => {
    if (!text || slot === undefined) return undefined;
    const { model, tokens, t, given } = text;
    const options = {
      model,
      tokens: [...tokens],
      position: slot + given,
      t,
      steps: 2 ** doublings,
      temperature,
    };
    return { text, options };
  }, [text, slot, doublings, temperature]);
  useOpenedSlot('lens', text, (opened) => {
    choose({ slot: opened });
  });
  useEffect(() => {
    askLens.ask(question);
  }, [question]);
  useEffect(() => askLens.leave, []);
  const { known } = answer;
  return (
    <Widget
      name="lens"
      answer={answer}
      again={askLens.again}
      whyNot={whyNot ?? (slot === undefined ? widgets.noMask : undefined)}
      canGoBack={whyNot === undefined}
      choices={
        text &&
        slot !== undefined && (
          <>
            <div className="widget-choices">
              <Select
                label={says.slot}
                options={masked.map((value) => ({ value, label: number(value + 1) }))}
                value={slot}
                onChange={(value) => {
                  choose({ slot: value });
                }}
              />
            </div>
            <Slider
              label={says.steps}
              {...{ min: 0, max: MOST_DOUBLINGS, step: 1, value: doublings, shown: number(2 ** doublings) }}
              onChange={(steps) => {
                choose({ steps });
              }}
            />
            <Slider
              label={says.temperature}
              {...{
                min: LENS_TEMPERATURES[0],
                max: LENS_TEMPERATURES[1],
                step: 0.1,
                value: temperature,
                shown: fixed(temperature, 1),
              }}
              onChange={(value) => {
                choose({ temperature: Math.round(10 * value) / 10 });
              }}
            />
          </>
        )
      }
    >
      {known && (
        <>
          <div aria-live={playing ? 'off' : 'polite'}>
            <p className="hint">{positionWords(known.question.text, known.result.position)}</p>
            {lensSentences(known.result, known.question.options.steps).map((sentence, i) => (
              <p key={i} className={i === 0 ? 'widget-sentence' : undefined}>
                {sentence}
              </p>
            ))}
          </div>
          <ul className="widget-key" aria-hidden="true">
            {CURVES.map((name) => (
              <li key={name}>
                <svg viewBox="0 0 28 12" width="28" height="12">
                  <polyline className="lens-curve" data-of={name} points="0,6 28,6" />
                </svg>
                {says.curves[name]}
              </li>
            ))}
          </ul>
          <Figure result={known.result} />
          <AsTable result={known.result} />
        </>
      )}
    </Widget>
  );
}
