import './figures.css';
import type { CSSProperties } from 'react';
import { Notice } from '../../components/Notice.tsx';
import { raceFigures } from '../../messages/race-figures.ts';
import { duration } from '../../../words/numbers.ts';
import type { LaneResult } from '../../../worker/race/result.ts';
import type { NamedLane } from '../named-lane.ts';
import { threeDigits } from '../../figures/estimates.ts';
import { compareSpeeds, LEAST_RUNS, type LaneSpeed } from './compare.ts';
import { LaneName, Unknown, WithSmall } from './parts.tsx';
import { rangeText, slowness, timesSource, timesText, type Where } from './words.ts';

const says = raceFigures.speed;

const share = (value: number, most: number): number => (most > 0 ? Math.min(1, value / most) : 0);

/** Tokens per second as a bar from 0, with the range of its runs as a line. */
function Bar({ speed, most }: { speed: LaneSpeed; most: number }) {
  const { median, low, high } = speed.tokensPerSecond;
  const places = { '--share': share(median, most), '--low': share(low, most), '--high': share(high, most) };
  return (
    <span className="speed-bar" data-first={speed.fastest} style={places as CSSProperties} aria-hidden="true">
      {speed.time.values.length > 1 && <span className="range" />}
    </span>
  );
}

function Against({ speed: { speedUp, overlaps, time } }: { speed: LaneSpeed }) {
  if (speedUp === undefined)
    return time.values.length < LEAST_RUNS && <span className="hint">{says.tooFew}</span>;
  return (
    <>
      <span className="value">{timesText(speedUp)}</span>
      <span className="hint">{speedUp === 1 ? says.slowest : overlaps && says.overlap}</span>
    </>
  );
}

function Passes({ of: { forwardPasses } }: { of: LaneResult }) {
  return (
    <span className="value">
      <WithSmall text={says.passesValue(forwardPasses)} />
    </span>
  );
}

function Lane({ lane, speed, most }: { lane: NamedLane; speed: LaneSpeed | undefined; most: number }) {
  const range = speed && rangeText(speed.time);
  // Roles in words, since a grid takes them away from a table in some browsers.
  return (
    <tr role="row" data-first={speed?.fastest}>
      <th role="rowheader" scope="row">
        <LaneName lane={lane} />
      </th>
      <td role="cell" className="speed">
        {speed ? (
          <>
            <Bar speed={speed} most={most} />
            <span className="value">
              <WithSmall text={says.rateValue(threeDigits(speed.tokensPerSecond.median))} />
            </span>
          </>
        ) : (
          <Unknown wide />
        )}
      </td>
      <td role="cell" className="against">
        {speed ? <Against speed={speed} /> : <Unknown />}
      </td>
      <td role="cell" className="time">
        {speed ? (
          <>
            <span className="value">{duration(speed.time.median)}</span> <span className="hint">{range}</span>
          </>
        ) : (
          <Unknown />
        )}
      </td>
      <td role="cell" className="passes">
        {speed ? <Passes of={speed.result} /> : <Unknown />}
      </td>
    </tr>
  );
}

/** How fast was each lane, and by which clock? */
export function SpeedBars({
  lanes,
  device,
  software,
}: Where & {
  lanes: readonly NamedLane[];
}) {
  const { speeds, most } = compareSpeeds(lanes);
  const slow = slowness(lanes, { device, software });
  return (
    <section className="card lane-figures" aria-labelledby="race-speed-title">
      <h2 id="race-speed-title">{says.title}</h2>
      {slow !== undefined && <Notice kind="warning">{slow}</Notice>}
      <table role="table" className="lane-table speeds" aria-labelledby="race-speed-title">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {raceFigures.lane}
            </th>
            <th role="columnheader" scope="col">
              {says.rate}
            </th>
            <th role="columnheader" scope="col">
              {says.against}
            </th>
            <th role="columnheader" scope="col">
              {says.time}
            </th>
            <th role="columnheader" scope="col">
              {says.passes}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {lanes.map((lane, i) => (
            <Lane key={lane.index} {...{ lane, most }} speed={speeds[i]} />
          ))}
        </tbody>
      </table>
      <p className="hint">{timesSource(lanes, { device, software })}</p>
    </section>
  );
}
