import { memo } from 'react';
import type { LaneResult } from '../../worker/race/result.ts';
import { Figure } from '../components/Figure.tsx';
import { plural } from '../messages/english.ts';
import { timesOf } from '../stores/race.ts';
import { duration, nats, number } from '../watch/numbers.ts';
import { threeDigits } from '../figures/estimates.ts';
import { rangeText } from './figures/words.ts';
import { hasSteps, type NamedLane } from './named-lane.ts';

function nominal({ kind, settings }: NamedLane): string {
  if (kind === 'causal') return 'one per token';
  return hasSteps(kind, settings) ? `for ${plural(settings.steps, 'step', 'steps')}` : 'no step count';
}

/** Perplexity and entropy, never one without the other: low ones of both are only repetition. */
function Quality({ quality }: { quality: LaneResult['quality'] }) {
  const { perplexity, entropy, selfScored, texts, judge } = quality ?? {};
  const score = perplexity ? threeDigits(perplexity.mean) : '–';
  const note =
    quality === undefined
      ? ' '
      : selfScored === true
        ? 'self-scored, not compared'
        : judge === undefined
          ? 'nobody judged'
          : texts === 1
            ? 'of this text'
            : `over ${number(texts!)} texts`;
  return (
    <Figure
      value={
        entropy && (
          <>
            {score} <small>and</small> {nats(entropy.mean)} <small>nats</small>
          </>
        )
      }
      aside={selfScored === true}
    >
      perplexity and entropy
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
  const whose = clock === 'gpu' ? 'GPU' : 'wall';
  const median = times?.median ?? 0;
  return (
    <dl className="figures">
      <Figure value={result && number(result.forwardPasses)}>
        {result?.forwardPasses === 1 ? 'forward pass' : 'forward passes'}
        <small>{nominal(lane)}</small>
      </Figure>
      <Figure value={times && duration(times.median)}>
        {times ? `${whose}, median of ${times.values.length}` : 'time'}
        <small className="unbroken">{(times && rangeText(times)) ?? ' '}</small>
      </Figure>
      <Quality quality={result?.quality} />
      <Figure value={result && number(result.tokensPerPass, 1)}>
        tokens per pass
        <small>{result ? `${number(result.written)} written` : ' '}</small>
      </Figure>
      <Figure value={result && (median > 0 ? threeDigits((1000 * result.written) / median) : '–')}>
        tokens a second
        <small>{times ? `by ${whose} time` : ' '}</small>
      </Figure>
      <Figure value={result?.quality && result.quality.distinct2.mean.toFixed(2)}>
        distinct-2
        <small>share of different pairs</small>
      </Figure>
    </dl>
  );
});
