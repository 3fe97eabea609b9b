import { useDeferredValue } from 'react';
import { showSample } from '../actions/transport.ts';
import { Rich, type Parts } from '../messages/Rich.tsx';
import { watch } from '../messages/watch.ts';
import { useWatch } from '../stores/watch.ts';
import { momentOf } from './moment.ts';
import { sizeOf } from './piece.ts';
import { RunningText } from './Prose.tsx';

const parts: Parts = {
  quiet: (words) => <span className="visually-hidden">{words}</span>,
  number: (words) => <span className="text-number">{words}</span>,
};

/** All texts of a run at the same pass; the one that is chosen is on the canvas. */
export function Texts() {
  const run = useWatch((state) => state.run);
  const sample = useWatch((state) => state.sample);
  const position = useWatch(({ player }) => player.position);
  // Breaking many long texts into lines takes a frame: they come after the canvas, and not for every step of a fast run.
  const later = useDeferredValue(position);
  if (!run || run.traces.length < 2) return null;
  return (
    <section className="card texts" aria-labelledby="texts-title">
      <h2 id="texts-title">{watch.texts.title(run.traces.length)}</h2>
      <ol role="list">
        {run.traces.map((trace, i) => (
          <li key={i}>
            <button
              type="button"
              aria-pressed={i === sample}
              onClick={() => {
                showSample(i);
              }}
            >
              <Rich text={watch.texts.show(i + 1)} parts={parts} />
              <span className="text" lang="en" data-size={sizeOf(trace.initial.length)}>
                <RunningText
                  slots={momentOf(
                    run,
                    i,
                    Math.min(sizeOf(trace.initial.length) === 'huge' ? later : position, trace.trace.length),
                  )}
                  vocabulary={run.vocabulary}
                />
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
