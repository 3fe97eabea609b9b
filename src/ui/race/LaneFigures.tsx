import { memo } from 'react';
import type { LaneResult } from '../../worker/race/result.ts';
import { Figure } from '../components/Figure.tsx';
import { raceLanes } from '../messages/race.ts';
import { Rich } from '../messages/Rich.tsx';
import { timesOf } from '../stores/race.ts';
import { duration, nats, number } from '../../words/numbers.ts';
import { threeDigits, twoDecimals } from '../figures/estimates.ts';
import { rangeText } from './figures/words.ts';
import { hasSteps, type NamedLane } from './named-lane.ts';

const says = raceLanes.figures;

function nominal({ kind, settings }: NamedLane): string {
  if (kind === 'causal') return says.oneEach;
  return hasSteps(kind, settings) ? says.nominal(settings.steps) : says.noSteps;
}

/** Perplexity and entropy, never one without the other: low ones of both are only repetition. */
function Quality({ quality }: { quality: LaneResult['quality'] }) {
  const { perplexity, entropy, selfScored, texts, judge } = quality ?? {};
  const score = perplexity ? threeDigits(perplexity.mean) : '–';
  const note =
    quality === undefined
      ? ' '
      : selfScored === true
        ? says.selfScored
        : judge === undefined
          ? says.unjudged
          : texts === 1
            ? says.ofText
            : says.overTexts(texts!);
  return (
    <Figure
      value={
        entropy && (
          <Rich
            text={says.qualityValue(score, nats(entropy.mean))}
            parts={{ quiet: (words) => <small>{words}</small> }}
          />
        )
      }
      aside={selfScored === true}
    >
      {says.quality}
      <small>{note}</small>
    </Figure>
  );
}

/** What a lane cost and how good its text is. @param clock that all lanes are compared by */
export const LaneFigures = memo(function LaneFigures({
  lane,
  clock,
}: {
  lane: NamedLane;
  clock: LaneResult['clock'];
}) {
  const { result } = lane;
  const times = result && timesOf(result, clock);
  const median = times?.median ?? 0;
  return (
    <dl className="figures">
      <Figure value={result && number(result.forwardPasses)}>
        {says.passes(result?.forwardPasses ?? 0)}
        <small>{nominal(lane)}</small>
      </Figure>
      <Figure value={times && duration(times.median)}>
        {times ? says.median[clock](times.values.length) : says.time}
        <small className="unbroken">{(times && rangeText(times)) ?? ' '}</small>
      </Figure>
      <Quality quality={result?.quality} />
      <Figure value={result && number(result.tokensPerPass, 1)}>
        {says.perPass}
        <small>{result ? says.written(result.written) : ' '}</small>
      </Figure>
      <Figure value={result && (median > 0 ? threeDigits((1000 * result.written) / median) : '–')}>
        {says.rate}
        <small>{times ? says.rateBy[clock] : ' '}</small>
      </Figure>
      <Figure value={result?.quality && twoDecimals(result.quality.distinct2.mean)}>
        {says.distinct}
        <small>{says.distinctSays}</small>
      </Figure>
    </dl>
  );
});
