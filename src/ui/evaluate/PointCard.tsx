import type { EvaluatedPoint } from '../../worker/evaluate/result.ts';
import { found } from '../messages/evaluate/found.ts';
import { Rich } from '../messages/Rich.tsx';
import { judgedText, shareText } from './words.ts';

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
    return <p className="hint point-card">{found.point.hint}</p>;
  }
  const { steps, forwardPasses, texts, entropy, distinct, repetition } = point;
  return (
    <div className="point-card">
      <p>
        <Rich
          text={found.point.numbers(steps, judgedText(point, count), shareText(entropy))}
          parts={{ title: () => <b>{title}</b> }}
        />
      </p>
      <p className="hint">
        {found.point.more(forwardPasses, texts, shareText(distinct[1]), shareText(repetition))}
      </p>
      <p className="example">{point.example}</p>
    </div>
  );
}
