import './loss.css';
import { memo, useMemo, useState } from 'react';
import type { DistillState } from '../../worker/distill/result.ts';
import { useDistill } from '../stores/distill.ts';
import { TableFold } from '../components/TableFold.tsx';
import { lossCurve as says } from '../messages/distill-figures.ts';
import { number } from '../../words/numbers.ts';
import { tickTexts, type Scale } from '../figures/scale.ts';
import { lossFigure, readingAt, type LossFigure, type Stretch } from './loss.ts';
import { doneText, floorText, gapText, LOSSES, lossKind, lossText } from './sentence.ts';

const percent = (share: number): string => `${100 * Math.min(1, Math.max(0, share))}%`;

/** Width of the stretched picture in its own units. */
const WIDE = 1000;

/** Curves in a picture that is stretched to its place; their lines are not. */
function Curves({
  stretches,
  figure,
  scale,
  height,
  className,
}: {
  stretches: readonly Stretch[];
  figure: LossFigure;
  scale: Scale;
  height: number;
  className: string;
}) {
  const place = ({ update, value }: Stretch['points'][number]): string =>
    `${(WIDE * figure.x(update)).toFixed(1)},${(height * (1 - scale.place(value))).toFixed(1)}`;
  return (
    <>
      {stretches.map(({ round, points }) => (
        <polyline
          key={round}
          className={className}
          vectorEffect="non-scaling-stroke"
          points={points.map(place).join(' ')}
        />
      ))}
    </>
  );
}

/** One quantity over the updates. */
function Plot({
  figure,
  scale,
  height,
  at,
  ends = false,
  curves,
  children,
}: {
  figure: LossFigure;
  scale: Scale;
  height: number;
  /** The update that is read. */
  at: number | undefined;
  /** Whether only the ends of the axis have numbers, where there is little room. */
  ends?: boolean;
  curves: readonly { stretches: readonly Stretch[]; className: string }[];
  children?: React.ReactNode;
}) {
  const texts = tickTexts(scale);
  const y = (value: number): number => height * (1 - scale.place(value));
  return (
    <div className="loss-plot" style={{ height }}>
      {/* What is not known yet. */}
      <span className="hatch loss-ahead" style={{ left: percent(figure.x(figure.done)) }} />
      <svg height={height} aria-hidden="true">
        {scale.ticks.map((tick, i) => (
          <g key={tick}>
            <line className="grid" x1="0" x2="100%" y1={y(tick)} y2={y(tick)} />
            {(!ends || i === 0 || i === texts.length - 1) && (
              <text x="-8" y={y(tick)} dy="0.35em" textAnchor="end">
                {texts[i]}
              </text>
            )}
          </g>
        ))}
        {figure.boundaries.map((update) => (
          <line
            key={update}
            className="loss-boundary"
            {...{ x1: percent(figure.x(update)), x2: percent(figure.x(update)), y1: 0, y2: height }}
          />
        ))}
        <svg width="100%" height={height} viewBox={`0 0 ${WIDE} ${height}`} preserveAspectRatio="none">
          {curves.map(({ stretches, className }) => (
            <Curves key={className} {...{ stretches, figure, scale, height, className }} />
          ))}
        </svg>
        {/* A single point has no line. Dots lie outside of what is stretched, so that they stay round. */}
        {curves.flatMap(({ stretches, className }) =>
          stretches
            .filter(({ points }) => points.length === 1)
            .map(({ round, points: [{ update, value }] }) => (
              <circle
                key={`${className} ${round}`}
                className={`${className} loss-dot`}
                {...{ cx: percent(figure.x(update)), cy: y(value), r: 2.5 }}
              />
            )),
        )}
        {children}
        {at !== undefined && (
          <line
            className="loss-at"
            {...{ x1: percent(figure.x(at)), x2: percent(figure.x(at)), y1: 0, y2: height }}
          />
        )}
      </svg>
    </div>
  );
}

const LOSS_HEIGHT = 280;
const NORM_HEIGHT = 72;

/** Which curve is which; only what is there. */
function Key({ figure }: { figure: LossFigure }) {
  const entries = [
    { name: 'raw', label: says.key.raw, there: true },
    { name: 'smooth', label: says.key.smooth, there: true },
    { name: 'validation', label: says.key.validation, there: figure.validation.length > 0 },
    { name: 'floor', label: says.key.floor, there: figure.floors.length > 0 },
  ];
  return (
    <ul className="loss-key" aria-hidden="true">
      {entries
        .filter(({ there }) => there)
        .map(({ name, label }) => (
          <li key={name}>
            <svg viewBox="0 0 28 12" width="28" height="12">
              {name === 'validation' ? (
                <path className="loss-validation" d="M14 1.5L18.5 6L14 10.5L9.5 6Z" />
              ) : (
                <>
                  {name === 'floor' && (
                    <rect className="loss-floor-range" x="0" y="2" width="28" height="8" />
                  )}
                  <line className={`loss-${name}`} x1="0" x2="28" y1="6" y2="6" />
                </>
              )}
            </svg>
            {label}
          </li>
        ))}
    </ul>
  );
}

/** Rounds in numbers, for those who read tables. */
function AsTable({ state }: { state: DistillState }) {
  const rows = state.rounds.filter(({ updates }) => updates > 0);
  if (rows.length === 0) return null;
  const of = (round: number) => state.history.filter((report) => report.round === round);
  const mean = (reports: readonly { loss: number }[]): string =>
    reports.length === 0 ? '' : lossText(reports.reduce((sum, { loss }) => sum + loss, 0) / reports.length);
  const { table } = says;
  return (
    <TableFold
      title={table.title}
      columns={[
        table.round,
        table.updates,
        table.first,
        table.last,
        table.heldFirst,
        table.heldLast,
        table.floor,
        table.gap,
      ]}
      className="budget-table"
    >
      {rows.map(({ round, updates, floor }) => {
        const held = state.validation.filter((report) => report.round === round);
        const heldText = (report: (typeof held)[number] | undefined): string =>
          report ? lossText(report.loss) : table.notKnown;
        return (
          <tr key={round}>
            <th scope="row">{round}</th>
            <td>{number(updates)}</td>
            <td>{mean(of(round).slice(0, 10))}</td>
            <td>{mean(of(round).slice(-10))}</td>
            <td>{heldText(held.at(0))}</td>
            <td>{heldText(held.at(-1))}</td>
            <td>{floor ? floorText(floor) : table.notKnown}</td>
            <td>{gapText(floor, held.at(-1)?.loss) ?? table.notKnown}</td>
          </tr>
        );
      })}
    </TableFold>
  );
}

/** How far the student is from its targets, update after update. */
export const LossCurve = memo(function LossCurve({ state }: { state: DistillState }) {
  const drawing = useDistill((view) => view.drawing);
  const figure = useMemo(() => lossFigure(state), [state]);
  const [at, setAt] = useState<number>();
  const { loss, m } = state.options;
  const read = Math.min(at ?? figure.done, figure.done);
  const reading = useMemo(() => readingAt(state, read), [state, read]);
  const seen = at === undefined || figure.done === 0 ? undefined : read;
  const lossY = (value: number): number => LOSS_HEIGHT * (1 - figure.losses.place(value));
  return (
    <section className="card lane-figures loss" aria-labelledby="loss-title">
      <h2 id="loss-title">{says.title[lossKind(loss)](m, loss, LOSSES[loss].unit)}</h2>
      <Key figure={figure} />
      <div className="loss-panels">
        <div
          className="loss-plots"
          onPointerMove={(event) => {
            const { left, width } = event.currentTarget.getBoundingClientRect();
            setAt(Math.max(1, Math.round((figure.last * (event.clientX - left)) / width)));
          }}
          onPointerLeave={() => {
            setAt(undefined);
          }}
        >
          <Plot
            {...{ figure, scale: figure.losses, height: LOSS_HEIGHT, at: seen }}
            curves={[
              { stretches: figure.raw, className: 'loss-raw' },
              { stretches: figure.smooth, className: 'loss-smooth' },
            ]}
          >
            {figure.floors.map(({ round, from, to, value, low, high }) => (
              <g key={round}>
                <rect
                  className="loss-floor-range"
                  x={percent(figure.x(from))}
                  width={percent(figure.x(to) - figure.x(from))}
                  y={lossY(high)}
                  height={lossY(low) - lossY(high)}
                />
                <line
                  className="loss-floor"
                  x1={percent(figure.x(from))}
                  x2={percent(figure.x(to))}
                  y1={lossY(value)}
                  y2={lossY(value)}
                />
              </g>
            ))}
            {figure.validation.flatMap(({ points }) =>
              points.map(({ update, value }) => (
                <svg key={update} className="mark-at" x={percent(figure.x(update))} y={lossY(value)}>
                  <path className="loss-validation" d="M0 -4.5L4.5 0L0 4.5L-4.5 0Z" />
                </svg>
              )),
            )}
          </Plot>
          <p className="loss-label">{says.norms}</p>
          <Plot
            {...{ figure, scale: figure.norms, height: NORM_HEIGHT, at: seen, ends: true }}
            curves={[{ stretches: figure.gradient, className: 'loss-norm' }]}
          />
          <input
            type="range"
            className="loss-scrubber"
            aria-label={says.read}
            aria-valuetext={reading}
            disabled={figure.done === 0}
            min={1}
            max={Math.max(1, figure.done)}
            value={Math.max(1, read)}
            style={{ width: percent(figure.x(figure.done)) }}
            onChange={(event) => {
              setAt(event.target.valueAsNumber);
            }}
            onBlur={() => {
              setAt(undefined);
            }}
          />
        </div>
        <svg className="axis" aria-hidden="true">
          {figure.xTicks.map((tick) => (
            <text key={tick} x={percent(figure.x(tick))} y="0.9em" textAnchor="middle">
              {number(tick)}
            </text>
          ))}
        </svg>
      </div>
      <p className="hint loss-reading">
        {drawing ? says.drawing(drawing.done, drawing.total) : says.readingAlone(reading)}
      </p>
      <p className="visually-hidden">{doneText(state)}</p>
      <AsTable state={state} />
    </section>
  );
});
