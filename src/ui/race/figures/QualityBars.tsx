import './figures.css';
import type { Estimate } from '../../../worker/race/result.ts';
import { raceFigures } from '../../messages/race-figures.ts';
import type { NamedLane } from '../named-lane.ts';
import {
  LEAST_ENTROPY_SPAN,
  reach,
  estimateText,
  threeDigits,
  twoDecimals,
} from '../../figures/estimates.ts';
import { linearScale, logScale, type Scale } from '../../figures/scale.ts';
import { compareQuality, type JudgedLane } from './compare.ts';
import { Axis, DotPlot } from './DotPlot.tsx';
import { LaneName, Unknown, WithSmall } from './parts.tsx';
import { qualitySource, standingText } from './words.ts';

const says = raceFigures.quality;

/** A mean with its interval, in figures. */
function Value({ estimate, write }: { estimate: Estimate; write: (value: number) => string }) {
  const { mean, interval } = estimateText(estimate, write);
  return (
    <>
      <span className="value">{mean}</span>
      {interval !== undefined && (
        <>
          {' '}
          <span className="hint">{interval}</span>
        </>
      )}
    </>
  );
}

/** Perplexity where it is known; where it is not to be compared it says so, and has no dot. */
function Perplexity({ judged, scale }: { judged: JudgedLane; scale: Scale }) {
  const { quality, standing, compared } = judged;
  if (standing === 'unknown') return <Unknown wide />;
  const apart = standingText(judged);
  return (
    <>
      {apart === undefined ? (
        <DotPlot scale={scale} estimate={compared} />
      ) : (
        <span className="apart hint">{apart}</span>
      )}
      <span className="value-beside">
        {quality?.perplexity && standing !== 'unjudged' && (
          <Value estimate={quality.perplexity} write={threeDigits} />
        )}
      </span>
    </>
  );
}

function Lane({ judged, perplexity, entropy }: { judged: JudgedLane; perplexity: Scale; entropy: Scale }) {
  const { lane, quality, standing } = judged;
  return (
    <tr role="row" data-standing={standing}>
      <th role="rowheader" scope="row">
        <LaneName lane={lane} />
      </th>
      <td role="cell" className="plotted">
        <Perplexity judged={judged} scale={perplexity} />
      </td>
      <td role="cell" className="plotted">
        {quality ? (
          <>
            <DotPlot scale={entropy} estimate={quality.entropy} />
            <span className="value-beside">
              <Value estimate={quality.entropy} write={twoDecimals} />
            </span>
          </>
        ) : (
          <Unknown wide />
        )}
      </td>
      <td role="cell" className="distinct">
        {quality ? <Value estimate={quality.distinct2} write={twoDecimals} /> : <Unknown />}
      </td>
    </tr>
  );
}

/** How good are the texts of each lane, and who says so? */
export function QualityBars({ lanes }: { lanes: readonly NamedLane[] }) {
  const { lanes: judged } = compareQuality(lanes);
  const perplexity = logScale(judged.flatMap(({ compared }) => (compared ? reach(compared) : [])));
  const entropies = judged.flatMap(({ quality }) => (quality ? reach(quality.entropy) : []));
  const entropy = linearScale(entropies, LEAST_ENTROPY_SPAN);
  const [anyCompared, anyKnown] = [
    judged.some(({ compared }) => compared),
    judged.some(({ quality }) => quality),
  ];
  return (
    <section className="card lane-figures" aria-labelledby="race-quality-title">
      <h2 id="race-quality-title">{says.title}</h2>
      <table role="table" className="lane-table qualities" aria-labelledby="race-quality-title">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {raceFigures.lane}
            </th>
            <th role="columnheader" scope="col">
              <WithSmall text={says.perplexity} />
            </th>
            <th role="columnheader" scope="col">
              <WithSmall text={says.entropy} />
            </th>
            <th role="columnheader" scope="col">
              <WithSmall text={says.distinct} />
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {judged.map((one) => (
            <Lane key={one.lane.index} judged={one} {...{ perplexity, entropy }} />
          ))}
        </tbody>
        {anyKnown && (
          <tfoot aria-hidden="true">
            <tr>
              <td />
              <td>{anyCompared && <Axis scale={perplexity} />}</td>
              <td>
                <Axis scale={entropy} />
              </td>
              <td />
            </tr>
          </tfoot>
        )}
      </table>
      <p className="hint">
        {qualitySource(lanes) ?? says.waiting} {says.repetition}
      </p>
    </section>
  );
}
