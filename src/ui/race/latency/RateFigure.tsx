import type { LatencyPoint, LatencyResult } from '../../../worker/latency/result.ts';
import { latency } from '../../messages/latency.ts';
import { number } from '../../../words/numbers.ts';
import { logScale, stepScale, tickTexts, type Scale } from '../../figures/scale.ts';
import { rate, rateRange, twinsOf } from './report.ts';

const HEIGHT = 320;

const says = latency.figure;

const percent = (share: number): string => `${100 * share}%`;

interface Axes {
  study: LatencyResult;
  x: (steps: number) => number;
  /** Pixels from the top. */
  y: (tokensPerSecond: number) => number;
}

/** Where both networks are measured, what lies between them: on the side on which diffusion is faster. */
function Ahead({ study, x, y }: Axes) {
  const { diffusion, causal } = twinsOf(study);
  if (!causal) return null;
  const { crossing } = study;
  const level = y(causal.tokensPerSecond);
  const faster = diffusion.filter(({ tokensPerSecond }) => tokensPerSecond >= causal.tokensPerSecond);
  const end = crossing?.where === 'at' ? crossing.steps : faster.at(-1)?.steps;
  const inside = faster.filter(({ steps }) => end !== undefined && steps <= end);
  if (end === undefined || inside.length === 0) return null;
  const corners = [
    [x(inside[0].steps), level],
    ...inside.map(({ steps, tokensPerSecond }) => [x(steps), y(tokensPerSecond)]),
    [x(end), level],
  ];
  return (
    // Stretched with the figure; lines and marks are not.
    <svg width="100%" height={HEIGHT} viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none">
      <polygon className="ahead" points={corners.map((corner) => corner.join(',')).join(' ')} />
    </svg>
  );
}

/** A mark with the range of its runs; hollow where it is extrapolated. */
function Mark({ point, at, study, y }: Axes & { point: LatencyPoint; at: string }) {
  const { low, high } = rateRange(study, point);
  const extrapolated = point.how === 'extrapolated';
  return (
    <>
      {high > low && <line className="range" {...{ x1: at, x2: at, y1: y(low), y2: y(high) }} />}
      {point.kind === 'diffusion' ? (
        <circle className="mark" cx={at} cy={y(point.tokensPerSecond)} r="4.5" data-hollow={extrapolated} />
      ) : (
        // A nested svg has its corner where percentages say.
        <svg x={at} y={y(point.tokensPerSecond)} className="mark-at">
          <rect className="mark" x="-4" y="-4" width="8" height="8" data-hollow={extrapolated} />
        </svg>
      )}
    </>
  );
}

/** Up to where diffusion is faster. */
function Crossing({ study, x, y }: Axes) {
  const { crossing } = study;
  const { causal } = twinsOf(study);
  if (crossing?.where !== 'at' || !causal) return null;
  const share = x(crossing.steps);
  const at = percent(share);
  const level = y(causal.tokensPerSecond);
  // Beside the line, on the side that has room.
  const left = share > 0.6;
  return (
    <>
      <line className="crossing" x1={at} x2={at} y1={level} y2={HEIGHT} />
      <circle className="ring" cx={at} cy={level} r="8" />
      <text
        className="crossing-steps"
        x={at}
        dx={left ? -8 : 8}
        y={HEIGHT - 10}
        textAnchor={left ? 'end' : 'start'}
      >
        {says.crossing(Math.round(crossing.steps))}
      </text>
    </>
  );
}

/** Tokens in a second over steps, both by their logarithms. @param planned steps that are measured, or are to be */
export function RateFigure({ study, planned }: { study: LatencyResult; planned: readonly number[] }) {
  const { diffusion, causal } = twinsOf(study);
  const xs = stepScale(planned);
  const reached = study.points.flatMap((point) => {
    const { low, high } = rateRange(study, point);
    return [low, high];
  });
  const ys: Scale = logScale(reached);
  const texts = tickTexts(ys);
  const axes: Axes = {
    study,
    x: (steps) => xs.place(steps),
    y: (tokensPerSecond) => HEIGHT * (1 - ys.place(tokensPerSecond)),
  };
  const { x, y } = axes;
  const missing = planned.filter((steps) => !diffusion.some((point) => point.steps === steps));
  const level = causal ? y(causal.tokensPerSecond) : 0;
  return (
    <figure className="rate-figure">
      <figcaption>{says.rates}</figcaption>
      <div className="rate-plot" aria-hidden="true">
        {missing.map((steps) => (
          <span key={steps} className="hatch" style={{ left: percent(x(steps)) }} />
        ))}
        <svg className="rates" height={HEIGHT}>
          {ys.ticks.map((tick, i) => (
            <g key={tick}>
              <line className="grid" x1="0" x2="100%" y1={y(tick)} y2={y(tick)} />
              <text x="-10" y={y(tick)} dy="0.35em" textAnchor="end">
                {texts[i]}
              </text>
            </g>
          ))}
          <line className="grid" x1="0" x2="100%" y1={HEIGHT} y2={HEIGHT} />
          <Ahead {...axes} />
          {causal && <line className="twin" x1="0" x2="100%" y1={level} y2={level} />}
          <Crossing {...axes} />
          {diffusion.slice(1).map((to, i) => {
            const from = diffusion[i];
            return (
              <line
                key={to.steps}
                className="curve"
                x1={percent(x(from.steps))}
                x2={percent(x(to.steps))}
                y1={y(from.tokensPerSecond)}
                y2={y(to.tokensPerSecond)}
              />
            );
          })}
          {diffusion.map((point) => (
            <Mark key={point.steps} {...axes} point={point} at={percent(x(point.steps))} />
          ))}
          {causal && <Mark {...axes} point={causal} at="100%" />}
          {diffusion.length > 0 && (
            <text
              className="name"
              x={percent(x(diffusion[0].steps))}
              dx="10"
              y={y(diffusion[0].tokensPerSecond)}
              dy="-0.5em"
            >
              {says.diffusion}
            </text>
          )}
          {causal && (
            <>
              <text className="name" x="100%" y={level} dy="-0.75em" textAnchor="end">
                {says.causal}
              </text>
              <text className="name" x="100%" y={level} dy="1.5em" textAnchor="end">
                {rate(causal.tokensPerSecond)}
              </text>
            </>
          )}
        </svg>
        <svg className="axis">
          {planned.map((steps) => (
            <text key={steps} x={percent(x(steps))} y="0.9em" textAnchor="middle">
              {number(steps)}
            </text>
          ))}
        </svg>
      </div>
      <p className="axis-label">{says.steps}</p>
    </figure>
  );
}
