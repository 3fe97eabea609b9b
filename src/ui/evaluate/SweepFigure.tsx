import './figure.css';
import {
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
} from 'react';
import type { EvaluatedPoint } from '../../worker/evaluate/result.ts';
import { setXAxis } from '../actions/evaluate-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { MARKS } from '../figures/marks.ts';
import { found } from '../messages/evaluate/found.ts';
import { useEvaluate, type ShownEvaluation, type ShownModel } from '../stores/evaluate.ts';
import {
  bandsOf,
  COLOURS,
  figureLayout,
  LABEL_HEIGHT,
  nearest,
  rowsOf,
  stylesOf,
  type Curve,
  type FigureLayout,
  type Mark,
  type Panel,
  type Style,
} from './figure.ts';
import { PointCard } from './PointCard.tsx';
import { pointText } from './words.ts';

const { figure } = found;

const HEIGHT = 300;

/** Pixels of 1 rem where nothing was made larger. */
const USUAL_LETTERS = 16;

const percent = (share: number): string => `${100 * share}%`;

/** A curve's colour, by the look of the page. */
const inkOf = (colour: number | undefined): CSSProperties =>
  colour === undefined
    ? { color: 'var(--ink-soft)' }
    : { color: `light-dark(${COLOURS[colour].light}, ${COLOURS[colour].dark})` };

/** A point by its model and steps. */
const isSame = (a: EvaluatedPoint | undefined, b: EvaluatedPoint): boolean =>
  a?.model === b.model && a.steps === b.steps;

function MarkAt({ mark, style, seen }: { mark: Mark; style: Style; seen: boolean }) {
  return (
    // A nested svg has its corner where percentages say.
    <svg x={percent(mark.x)} y={mark.y} className="mark-at">
      {seen && <circle className="seen" r="14" />}
      {mark.native && <circle className="native" r="9.5" />}
      <path className="mark" d={MARKS[style.mark]} data-whole={mark.whole} />
    </svg>
  );
}

function CurveLines({ curve, seen }: { curve: Curve; seen: EvaluatedPoint | undefined }) {
  const { style, segments, marks } = curve;
  return (
    <g style={inkOf(style.colour)} data-dashed={style.dashed}>
      {/* Stretched with the panel; lines and marks are not. */}
      <svg width="100%" height={HEIGHT} viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none">
        {bandsOf(curve).map((corners) => (
          <polygon
            key={corners[0][0]}
            className="band"
            points={corners.map((one) => one.join(',')).join(' ')}
          />
        ))}
      </svg>
      {segments.map(([from, to]) => (
        <line
          key={from.point.steps}
          className="curve"
          {...{ x1: percent(from.x), x2: percent(to.x), y1: from.y, y2: to.y }}
        />
      ))}
      {marks.map((mark) => (
        <g key={mark.point.steps}>
          {mark.low !== undefined && (
            <line
              className="whisker"
              {...{ x1: percent(mark.x), x2: percent(mark.x), y1: mark.low, y2: mark.high }}
            />
          )}
          <MarkAt mark={mark} style={style} seen={isSame(seen, mark.point)} />
        </g>
      ))}
    </g>
  );
}

/** What lies under the curves. */
function Ground({ panel, layout, hatch }: { panel: Panel; layout: FigureLayout; hatch: string }) {
  return (
    <>
      <defs>
        <pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className="hatch-line" x1="0" x2="0" y1="0" y2="6" />
        </pattern>
      </defs>
      {layout.unknown.map((x) => (
        <svg key={x} x={percent(x)} className="mark-at">
          <rect x="-9" y="0" width="18" height={HEIGHT} fill={`url(#${hatch})`} />
        </svg>
      ))}
      {panel.ticks.map(({ text, y }) => (
        <g key={text}>
          <line className="grid" x1="0" x2="100%" y1={y} y2={y} />
          <text x="-10" y={y} dy="0.35em" textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      <line className="base" x1="0" x2="100%" y1={HEIGHT} y2={HEIGHT} />
      {panel.baselines.map(({ model, y, low, high }) => (
        <g key={model.id} style={inkOf(undefined)}>
          {low !== undefined && high !== undefined && (
            <rect className="band" x="0" width="100%" y={high} height={low - high} />
          )}
          <line className="baseline" x1="0" x2="100%" y1={y} y2={y} />
        </g>
      ))}
    </>
  );
}

/** The points of a panel for the keyboard: one stop of the tab key, arrows from point to point. */
function Points({
  panel,
  titleOf,
  count,
  seen,
  onSee,
}: {
  panel: Panel;
  titleOf: (model: string) => string;
  count: number;
  seen: EvaluatedPoint | undefined;
  onSee: (point: EvaluatedPoint | undefined) => void;
}) {
  const rows = rowsOf(panel);
  const group = useRef<HTMLDivElement>(null);
  const all = rows.flat();
  const current = all.find(({ point }) => isSame(seen, point)) ?? all.at(0);
  const go = (mark: Mark | undefined): void => {
    if (!mark) return;
    onSee(mark.point);
    group.current
      ?.querySelector<HTMLElement>(`[data-point="${CSS.escape(`${mark.point.model} ${mark.point.steps}`)}"]`)
      ?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, row: number, mark: Mark): void => {
    const at = rows[row].indexOf(mark);
    const nearestIn = (marks: Mark[] | undefined): Mark | undefined =>
      marks?.toSorted((a, b) => Math.abs(a.x - mark.x) - Math.abs(b.x - mark.x)).at(0);
    const found: Partial<Record<string, Mark>> = {
      ArrowLeft: rows[row][at - 1],
      ArrowRight: rows[row][at + 1],
      ArrowUp: nearestIn(rows[row - 1]),
      ArrowDown: nearestIn(rows[row + 1]),
    };
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    go(found[event.key]);
  };
  return (
    <div ref={group} className="points" role="group" aria-label={figure.points[panel.quantity]}>
      {rows.map((marks, row) =>
        marks.map((mark) => (
          <button
            key={`${mark.point.model} ${mark.point.steps}`}
            type="button"
            data-point={`${mark.point.model} ${mark.point.steps}`}
            tabIndex={mark === current ? 0 : -1}
            style={{ left: percent(mark.x), top: mark.y }}
            aria-label={pointText(mark.point, titleOf(mark.point.model), count)}
            onFocus={() => {
              onSee(mark.point);
            }}
            onKeyDown={(event) => {
              onKeyDown(event, row, mark);
            }}
          />
        )),
      )}
    </div>
  );
}

function PanelFigure({
  panel,
  layout,
  seen,
  onSee,
  ...points
}: {
  panel: Panel;
  layout: FigureLayout;
  titleOf: (model: string) => string;
  count: number;
  seen: EvaluatedPoint | undefined;
  onSee: (point: EvaluatedPoint | undefined) => void;
}) {
  const hatch = useId();
  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect();
    const at = { x: (event.clientX - left) / width, y: event.clientY - top };
    const found = nearest(panel, at, width);
    // What was seen last stays until another is.
    if (found) onSee(found);
  };
  return (
    <div className="sweep-panel">
      <p className="panel-title">{panel.title}</p>
      <div className="sweep-plot">
        <svg height={HEIGHT} aria-hidden="true" onPointerMove={follow} onPointerDown={follow}>
          {/* So that the pointer is followed where nothing is drawn. */}
          <rect width="100%" height={HEIGHT} fill="transparent" />
          <Ground {...{ panel, layout, hatch }} />
          {panel.curves.map((curve) => (
            <CurveLines key={curve.model.id} {...{ curve, seen }} />
          ))}
          <g className="labels">
            {panel.labels.map(({ model, text, y, colour }) => (
              <text key={model} style={inkOf(colour)} x="100%" dx="16" y={y} dy="0.35em">
                {text}
              </text>
            ))}
          </g>
        </svg>
        {panel.empty !== undefined && <p className="hatch panel-empty">{panel.empty}</p>}
        <Points {...{ panel, seen, onSee, ...points }} />
        <svg className="x-axis" aria-hidden="true">
          {layout.xTicks.map(({ text, x }) => (
            <text key={text} x={percent(x)} y="0.9em" textAnchor="middle">
              {text}
            </text>
          ))}
        </svg>
        <p className="x-title">{layout.xTitle}</p>
      </div>
    </div>
  );
}

/** Whose curve is which. */
function Legend({ models }: { models: readonly ShownModel[] }) {
  const styles = stylesOf(models);
  return (
    <ul role="list" className="sweep-legend">
      {models.map(({ id, title, kind, nativeSteps }) => {
        const style = styles.get(id);
        return (
          <li key={id}>
            <svg
              viewBox="-18 -8 36 16"
              aria-hidden="true"
              style={inkOf(style?.colour)}
              data-dashed={style?.dashed}
            >
              <line className={style ? 'curve' : 'baseline'} x1="-18" x2="18" y1="0" y2="0" />
              {style && <path className="mark" d={MARKS[style.mark]} data-whole />}
            </svg>
            <span>
              {title}
              {kind === 'causal' && <small>{figure.causal}</small>}
              {nativeSteps !== undefined && <small>{figure.native(nativeSteps)}</small>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** How much larger than usual the letters of an element are, as those for a room. */
function useLetterScale(element: RefObject<Element | null>): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const own = element.current;
    if (!own) return undefined;
    // Letters that change move whatever stands below them.
    const observer = new ResizeObserver(() => {
      setScale(parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_LETTERS);
    });
    observer.observe(own);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return scale;
}

/** The figure of the papers: what steps buy, in perplexity and in entropy. */
export function SweepFigure({ evaluation }: { evaluation: ShownEvaluation }) {
  const x = useEvaluate((state) => state.x);
  const [chosen, setSeen] = useState<EvaluatedPoint>();
  const section = useRef<HTMLElement>(null);
  const line = LABEL_HEIGHT * useLetterScale(section);
  const layout = figureLayout(evaluation, x, { height: HEIGHT, line });
  const { points, models, settings } = evaluation;
  // A point that is looked at may know more by now.
  const seen = points.find((point) => isSame(chosen, point));
  const titleOf = (model: string): string => models.find(({ id }) => id === model)?.title ?? model;
  const intervals = points.length === 0 || points.some(({ entropy }) => entropy.low !== undefined);
  const hollow = points.some(({ texts }) => texts < settings.count);
  return (
    <section ref={section} className="card sweep-figure" aria-labelledby="sweep-figure-title">
      <div className="card-head">
        <h2 id="sweep-figure-title">{figure.title}</h2>
        <Choice
          legend={figure.across}
          value={x}
          options={[
            { value: 'steps', label: figure.by.steps },
            { value: 'passes', label: figure.by.passes },
          ]}
          onChange={setXAxis}
        />
      </div>
      <Legend models={models} />
      <div className="sweep-panels">
        {layout.panels.map((panel) => (
          <PanelFigure
            key={panel.quantity}
            {...{ panel, layout, seen, titleOf }}
            count={settings.count}
            onSee={setSeen}
          />
        ))}
      </div>
      <p className="hint">
        {[
          intervals ? figure.intervals(settings.count) : figure.noIntervals,
          ...(hollow ? [figure.hollow] : []),
          ...(layout.unknown.length > 0 ? [figure.hatched] : []),
        ].join(' ')}
      </p>
      <PointCard {...(seen ? { point: seen, title: titleOf(seen.model) } : {})} count={settings.count} />
    </section>
  );
}
