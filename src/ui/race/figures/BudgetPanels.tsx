import './figures.css';
import './budget-curve.css';
import { useId } from 'react';
import type { Estimate } from '../../../worker/race/result.ts';
import { TableFold } from '../../components/TableFold.tsx';
import { raceFigures } from '../../messages/race-figures.ts';
import { Rich } from '../../messages/Rich.tsx';
import { shared } from '../../messages/shared.ts';
import { number } from '../../../words/numbers.ts';
import {
  LEAST_ENTROPY_SPAN,
  reach,
  estimateText,
  inOne,
  threeDigits,
  twoDecimals,
} from '../../figures/estimates.ts';
import { joined, MARKS } from '../../figures/marks.ts';
import { linearScale, logScale, stepScale, tickTexts, type Scale } from '../../figures/scale.ts';
import type { CurvePoint, CurveSeries } from './budget.ts';
import { Unknown } from './parts.tsx';

const says = raceFigures.budget;

/** The mark of a curve at a place; later curves share marks but not dashes. */
function Mark({ x, y, curve, focus = false }: { x: string; y: number; curve: number; focus?: boolean }) {
  return (
    // A nested svg has its corner where percentages say.
    <svg {...{ x, y }} className="mark-at">
      <path
        className="mark"
        d={MARKS[curve % MARKS.length]}
        data-focus={focus}
        transform={focus ? 'scale(1.5)' : undefined}
      />
    </svg>
  );
}

const percent = (share: number): string => `${100 * share}%`;

/** One quantity over the budgets. */
function Panel({
  series,
  of,
  label,
  height,
  xs,
  ys,
  focus,
}: {
  series: readonly CurveSeries[];
  of: (point: CurvePoint) => Estimate | undefined;
  label: string;
  height: number;
  xs: Scale;
  ys: Scale;
  focus: number | undefined;
}) {
  const hatch = useId();
  const texts = tickTexts(ys);
  const y = (value: number): number => height * (1 - Math.min(1, Math.max(0, ys.place(value))));
  const x = ({ steps }: CurvePoint): string => percent(xs.place(steps));
  const missing = new Set(series.flatMap(({ points }) => points.filter((point) => !point.entropy).map(x)));
  return (
    <>
      <p className="panel-label">{label}</p>
      <svg className="panel" height={height} aria-hidden="true">
        <defs>
          <pattern
            id={hatch}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <line className="hatch-line" x1="0" x2="0" y1="0" y2="6" />
          </pattern>
        </defs>
        {ys.ticks.map((tick, i) => (
          <g key={tick}>
            <line className="grid" x1="0" x2="100%" y1={y(tick)} y2={y(tick)} />
            <text x="-10" y={y(tick)} dy="0.35em" textAnchor="end">
              {texts[i]}
            </text>
          </g>
        ))}
        {[...missing].map((at) => (
          <svg key={at} x={at} className="mark-at">
            <rect x="-9" y="0" width="18" height={height} fill={`url(#${hatch})`} />
          </svg>
        ))}
        {focus !== undefined && (
          <line className="focus-line" x1={percent(focus)} x2={percent(focus)} y1="0" y2={height} />
        )}
        {series.map(({ name, points }, curve) => (
          <g key={name} data-curve={curve}>
            {joined(points, (point) => of(point) !== undefined).map(([from, to]) => (
              <line
                key={from.steps}
                className="curve"
                {...{ x1: x(from), x2: x(to), y1: y(of(from)!.mean), y2: y(of(to)!.mean) }}
              />
            ))}
            {points.map((point) => {
              const estimate = of(point);
              if (!estimate) return null;
              const { mean, low, high } = estimate;
              return (
                <g key={point.steps}>
                  {low !== undefined && high !== undefined && (
                    <line className="interval" {...{ x1: x(point), x2: x(point), y1: y(low), y2: y(high) }} />
                  )}
                  <Mark x={x(point)} y={y(mean)} curve={curve} focus={focus === xs.place(point.steps)} />
                </g>
              );
            })}
          </g>
        ))}
      </svg>
    </>
  );
}

const perplexityOf = ({ perplexity }: CurvePoint): Estimate | undefined => perplexity;
const entropyOf = ({ entropy }: CurvePoint): Estimate | undefined => entropy;

const written = (estimate: Estimate | undefined, write: (value: number) => string): string | undefined =>
  estimate && inOne(estimateText(estimate, write));

/** Whose curve is which, and what it has at the budget that is looked at. */
function Curves({ series, steps }: { series: readonly CurveSeries[]; steps: number | undefined }) {
  return (
    <ul className="curves">
      {series.map(({ name, points }, curve) => {
        const point = points.find((one) => one.steps === steps);
        return (
          <li key={name}>
            <svg className="sample" viewBox="-18 -8 36 16" aria-hidden="true" data-curve={curve}>
              <line className="curve" x1="-18" x2="18" y1="0" y2="0" />
              <path className="mark" d={MARKS[curve % MARKS.length]} />
            </svg>
            <span>
              <span className="lane-title">{name}</span>
              {point && ` ${says.at(point.steps)}`}
            </span>
            {point?.entropy && (
              <span>
                <Rich
                  text={says.values(
                    written(point.perplexity, threeDigits) ?? says.notCompared,
                    inOne(estimateText(point.entropy, twoDecimals)),
                  )}
                  parts={{ value: (words) => <span className="value">{words}</span> }}
                />
              </span>
            )}
            {point && !point.entropy && <Unknown wide />}
          </li>
        );
      })}
    </ul>
  );
}

/** The same as the curves, for those who read tables. */
function AsTable({ series }: { series: readonly CurveSeries[] }) {
  const { table } = says;
  return (
    <TableFold
      title={table.title}
      columns={[table.model, table.steps, table.perplexity, table.entropy, table.distinct]}
      className="budget-table"
    >
      {series.flatMap(({ name, points }) =>
        points.map(({ steps, perplexity, entropy, distinct2 }) => (
          <tr key={`${name} ${steps}`}>
            <th scope="row">{name}</th>
            <td>{number(steps)}</td>
            <td>{written(perplexity, threeDigits) ?? (entropy ? says.notCompared : shared.notKnown)}</td>
            <td>{written(entropy, twoDecimals) ?? shared.notKnown}</td>
            <td>{written(distinct2, twoDecimals) ?? shared.notKnown}</td>
          </tr>
        )),
      )}
    </TableFold>
  );
}

const all = (series: readonly CurveSeries[], of: (point: CurvePoint) => Estimate | undefined): number[] =>
  series.flatMap(({ points }) => points.flatMap((point) => reach(of(point) ?? { mean: NaN })));

/**
 * Perplexity and entropy over step budgets: drawn, in words, and as a table.
 * @param focus the budget that is looked at, in nominal steps
 */
export function BudgetPanels({ series, focus }: { series: readonly CurveSeries[]; focus?: number }) {
  const steps = series.flatMap(({ points }) => points.map((point) => point.steps));
  const xs = stepScale(steps);
  const seen = focus !== undefined && steps.includes(focus) ? focus : undefined;
  const common = { series, xs, focus: seen === undefined ? undefined : xs.place(seen) };
  return (
    <>
      <Curves series={series} steps={seen} />
      <div className="panels">
        <Panel
          {...common}
          of={perplexityOf}
          label={says.perplexityAxis}
          height={250}
          ys={logScale(all(series, perplexityOf))}
        />
        <Panel
          {...common}
          of={entropyOf}
          label={says.entropyAxis}
          height={90}
          ys={linearScale(all(series, entropyOf), LEAST_ENTROPY_SPAN)}
        />
        <svg className="axis" aria-hidden="true">
          {xs.ticks.map((tick) => (
            <text
              key={tick}
              x={percent(xs.place(tick))}
              y="0.8em"
              textAnchor="middle"
              data-focus={tick === seen}
            >
              {number(tick)}
            </text>
          ))}
        </svg>
        <p className="panel-label">{says.stepsAxis}</p>
      </div>
      <AsTable series={series} />
    </>
  );
}
