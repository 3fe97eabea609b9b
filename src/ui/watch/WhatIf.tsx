import './what-if.css';
import { useId } from 'react';
import type { Comparison } from '../../trace/branch.ts';
import { discard, goOn, hasMasked, newDice, setDice, takeOver } from '../actions/what-if.ts';
import { whatIf as words } from '../messages/what-if.ts';
import type { Run } from '../stores/watch.ts';
import type { WhatIf } from '../stores/what-if.ts';
import { Canvas } from './Canvas.tsx';
import { sizeOf } from './piece.ts';
import { RunningText } from './Prose.tsx';
import { placeOf, useSlotsOf, type ShownWhatIf } from './use-what-if.ts';

const NO_HEAT: [] = [];

/** The slots of a what-if, beside those of its original at the same step. */
export function WhatIfCanvas({ shown, position }: { shown: ShownWhatIf; position: number }) {
  const { run, branch, vocabulary } = shown;
  const { slots, marks } = useSlotsOf(shown, position);
  return (
    <div>
      <h2>{words.title}</h2>
      <Canvas
        {...{ slots, vocabulary, marks, label: words.label, steps: branch.trace.steps }}
        pins={run.settings.pins}
        heats={NO_HEAT}
        chosen={undefined}
      />
    </div>
  );
}

/** The text of a what-if; words that are others than in the original are underlined. */
export function WhatIfProse({ shown, position }: { shown: ShownWhatIf; position: number }) {
  const { slots } = useSlotsOf(shown, position);
  const { differs, vocabulary } = shown;
  return (
    <section className="prose card" aria-labelledby="what-if-prose">
      <div className="card-head">
        <h2 id="what-if-prose">{words.prose}</h2>
      </div>
      <p className="text" lang="en" data-size={sizeOf(slots.length)}>
        <RunningText {...{ slots, vocabulary, differs }} />
      </p>
    </section>
  );
}

/** What a what-if changed, and what came of it. */
function sentenceOf(run: Run, whatIf: WhatIf, compared: Comparison | undefined): string {
  const { sentence } = words;
  const place = placeOf(run.traces[whatIf.sample], whatIf.position);
  const changed = Object.keys(whatIf.changes).length;
  if (compared) return sentence.done(place, changed, compared.different.size, compared.later);
  return sentence[whatIf.status === 'draft' ? 'draft' : 'running'](place, changed);
}

/** What became of a what-if, and what can be done with it. */
export function WhatIfCard({ shown }: { shown: ShownWhatIf }) {
  const { run, whatIf, compared } = shown;
  const id = useId();
  const { status, seed, failure } = whatIf;
  const masked = hasMasked(run, whatIf);
  const place = placeOf(run.traces[whatIf.sample], whatIf.position);
  const done = status === 'done';
  return (
    <section className="what-if card" aria-label={words.title} data-status={status}>
      <p className="what-if-sentence" role="status">
        {sentenceOf(run, whatIf, compared)}
        {seed !== undefined && ` ${words.dice.own(seed)}`}
      </p>
      {failure && (
        <p className="hint" role="alert">
          {failure.message}
        </p>
      )}
      {!masked && (
        <p className="hint" id={id}>
          {words.goOn.nothing}
        </p>
      )}
      <div className="what-if-buttons">
        {!done && (
          <button
            type="button"
            className="primary"
            disabled={!masked || status === 'running'}
            aria-describedby={masked ? undefined : id}
            onClick={() => {
              void goOn();
            }}
          >
            {words.goOn.from(place)}
          </button>
        )}
        <button type="button" disabled={!masked} onClick={newDice}>
          {words.dice.roll}
        </button>
        {seed !== undefined && (
          <button
            type="button"
            onClick={() => {
              setDice();
            }}
          >
            {words.dice.back}
          </button>
        )}
        <button type="button" disabled={!done} onClick={leave(takeOver)}>
          {words.takeOver}
        </button>
        <button type="button" onClick={leave(discard)}>
          {words.discard}
        </button>
      </div>
    </section>
  );
}

/** The card goes with what its button does, and the focus to the view. */
const leave = (act: () => void) => (): void => {
  document.querySelector<HTMLElement>('main.watch')?.focus({ preventScroll: true });
  act();
};
