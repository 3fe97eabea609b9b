import type { EvaluatedPoint } from '../../worker/evaluate/result.ts';
import { plural } from '../messages/english.ts';
import { shownOf } from './figure.ts';
import { apartText, passesText, perplexityText, shareText, stepsOf } from './words.ts';

/** The point that is looked at: its numbers, and what a text of it is like. */
export function PointCard({
  point,
  title = '',
  count,
}: {
  point?: EvaluatedPoint;
  title?: string;
  count: number;
}) {
  if (!point) {
    return (
      <p className="hint point-card">
        Point at a mark, or go to one with the tab key and the arrows: its numbers and a text of it come here.
      </p>
    );
  }
  const perplexity = shownOf('perplexity', point);
  return (
    <div className="point-card">
      <p>
        <b>{title}</b> {stepsOf(point)}: perplexity{' '}
        {perplexity ? perplexityText(perplexity) : apartText(point, count)}, entropy{' '}
        {shareText(point.entropy)} nats
      </p>
      <p className="hint">
        {passesText(point)}, {plural(point.texts, 'text', 'texts')}, distinct-2 {shareText(point.distinct[1])}
        , repetition {shareText(point.repetition)}
      </p>
      <p className="example">{point.example}</p>
    </div>
  );
}
