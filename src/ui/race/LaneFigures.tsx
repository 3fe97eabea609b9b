import { memo } from 'react';
import type { LaneResult } from '../../worker/race/result.ts';
import { Figure } from '../components/Figure.tsx';
import { timesOf } from '../stores/race.ts';
import { duration, nats, number, plural } from '../watch/numbers.ts';
import type { NamedLane } from './named-lane.ts';

/** Three digits: more of a perplexity say nothing. */
const perplexityText = (value: number): string =>
  value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });

/** "3.05 to 3.19 ms": one unit, where both have the same. */
function range({ least, most }: LaneResult['milliseconds']): string {
  const [from, to] = [duration(least), duration(most)];
  const unit = to.replace(/^[\d.,]+/, '');
  return `${from.endsWith(unit) ? from.slice(0, -unit.length) : from} to ${to}`;
}

function nominal({ kind, settings: { sampler, steps } }: NamedLane): string {
  if (kind === 'causal') return 'one per token';
  return sampler === 'first-hitting' ? 'no step count' : `for ${plural(steps, 'step', 'steps')}`;
}

/** Perplexity and entropy, never one without the other: low ones of both are only repetition. */
function Quality({ quality }: { quality: LaneResult['quality'] }) {
  const { perplexity, entropy, selfScored, texts, judge } = quality ?? {};
  const score = perplexity ? perplexityText(perplexity.mean) : '–';
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
    <Figure value={entropy && `${score} / ${nats(entropy.mean)}`} aside={selfScored === true}>
      perplexity / entropy
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
        <small>{times ? range(times) : ' '}</small>
      </Figure>
      <Quality quality={result?.quality} />
      <Figure value={result && number(result.tokensPerPass, 1)}>
        tokens per pass
        <small>{result ? `${number(result.written)} written` : ' '}</small>
      </Figure>
      <Figure value={result && (median > 0 ? number((1000 * result.written) / median) : '–')}>
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
