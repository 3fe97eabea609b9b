import './compare.css';
import type { CSSProperties } from 'react';
import type { DistillState } from '../../worker/distill/result.ts';
import {
  cancelQuality,
  compareQuality,
  compareTexts,
  judgedOf,
  judgeOf,
  measureAgain,
  pauseQuality,
  setComparison,
  stopComparison,
} from '../actions/distill-compare.ts';
import { Choice } from '../components/Choice.tsx';
import { Notice } from '../components/Notice.tsx';
import { PromptField } from '../components/PromptField.tsx';
import { SeedField } from '../components/SeedField.tsx';
import { plural } from '../messages/english.ts';
import { BudgetPanels } from '../race/figures/BudgetPanels.tsx';
import { COMPARED_STEPS, FEW_TEXTS, missingPoints, pointsOf, useComparison } from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { number } from '../watch/numbers.ts';
import { curvesOf } from './quality.ts';

const COUNTS = [FEW_TEXTS, 16, 32, 64];

const setSeed = (seed: number): void => {
  setComparison({ seed });
};

const rollSeed = (): void => {
  const [seed] = crypto.getRandomValues(new Uint32Array(1));
  // Short enough to be read out in a classroom.
  setComparison({ seed: seed % 1_000_000 });
  void compareTexts();
};

/** What is being written, with a way to stop it. */
function Progress({ of, rest, each = '' }: { of: 'texts' | 'quality'; rest: string; each?: string }) {
  const status = useComparison((state) => state.status);
  const progress = useComparison((state) => state.progress);
  const busy = status === of;
  const waits = useDistill((view) => view.waits);
  const share = busy && progress ? progress.done / progress.total : 0;
  return (
    <>
      <p className="hint compare-says" role="status">
        {busy
          ? progress
            ? `${progress.what}${each}: ${number(progress.done + 1)} of ${number(progress.total)}.${waits ? ' What runs waits meanwhile.' : ''}`
            : 'Waiting for the update that is under way.'
          : rest}
      </p>
      <div className="progress-line" data-busy={busy} style={{ '--done': share } as CSSProperties} />
    </>
  );
}

/** One button that asks and cancels, so that whoever pressed it keeps the focus. */
function AskTexts({ label, onClick }: { label: string; onClick: () => void }) {
  const status = useComparison((state) => state.status);
  const idle = status === 'quality';
  return (
    <button
      type="button"
      aria-disabled={idle}
      onClick={() => {
        if (status === 'texts') stopComparison();
        else if (!idle) onClick();
      }}
    >
      {status === 'texts' ? 'Cancel' : label}
    </button>
  );
}

/** The same text by teacher and student, step budget by step budget. */
function Written() {
  const columns = useComparison((state) => state.columns);
  const texts = useComparison((state) => state.texts);
  const asked = useComparison((state) => state.asked);
  const shown =
    columns.length > 0
      ? columns
      : [
          { model: '', title: 'Teacher' },
          { model: ' ', title: 'Student' },
        ];
  return (
    <div
      className="written"
      role="table"
      aria-label="Texts by teacher and student"
      data-empty={columns.length === 0}
    >
      <div role="row" className="written-head">
        <span role="columnheader">steps</span>
        {shown.map(({ model, title }) => (
          <span key={model} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      {COMPARED_STEPS.map((steps) => (
        <div role="row" key={steps}>
          <span role="rowheader">{plural(steps, 'step', 'steps')}</span>
          {shown.map(({ model, title }) => {
            const text = (texts[model] as Readonly<Record<number, string>> | undefined)?.[steps];
            return (
              <span key={model} role="cell">
                <small aria-hidden="true">{title}</small>
                {text === undefined ? (
                  <span className="hatch">
                    <span className="visually-hidden">not written yet</span>
                  </span>
                ) : (
                  <span className="text" lang="en">
                    {text === '' ? '(no text)' : text}
                  </span>
                )}
              </span>
            );
          })}
        </div>
      ))}
      {asked && columns.some(({ model }) => model in texts) && (
        <p className="hint">
          All with seed {number(asked.seed)} and{' '}
          {asked.prompt === '' ? 'no prompt' : `the prompt “${asked.prompt}”`}: the same noise, so that only
          the model and its steps differ.
        </p>
      )}
    </div>
  );
}

/** Measures it: by itself behind each round, until the visitor pauses or cancels it. */
function Measure({ state }: { state: DistillState }) {
  const comparison = useComparison();
  const { status, held, measured, count } = comparison;
  const judged = judgedOf(state);
  const missing = missingPoints(judged, comparison).length;
  const busy = status === 'quality';
  const idle = status === 'texts';
  const rounds = judged.length - 1;
  const begun = measured?.count === count && missing < pointsOf(judged).length;
  const label = busy
    ? 'Pause'
    : missing === 0
      ? 'Measure again'
      : begun
        ? 'Go on measuring'
        : rounds === 0
          ? 'Measure the teacher'
          : `Measure teacher and ${plural(rounds, 'round', 'rounds')}`;
  return (
    <span className="compare-measure">
      <button
        type="button"
        aria-disabled={idle}
        onClick={() => {
          if (busy) pauseQuality();
          else if (!idle) void (missing === 0 ? measureAgain() : compareQuality());
        }}
      >
        {label}
      </button>
      {(busy || held) && (
        <button type="button" onClick={cancelQuality}>
          Cancel
        </button>
      )}
    </span>
  );
}

/** Perplexity and entropy against steps. */
function Quality({ state }: { state: DistillState }) {
  const count = useComparison((one) => one.count);
  const comparison = useComparison();
  const ready = useEngine((one) => one.ready);
  // Which models there are decides who can judge.
  useEngine((one) => one.models);
  const judge = judgeOf(state.options.teacher);
  const series = curvesOf(comparison).filter(({ points }) => points.length > 0);
  if (judge === undefined) {
    return (
      <p className="hint">
        No model that reads from left to right has the vocabulary of this teacher: nobody can judge its texts.
      </p>
    );
  }
  const rest = comparison.held
    ? 'Paused. What is measured stays.'
    : 'Measured by itself once a round is done; what runs waits for it.';
  return (
    <>
      <div className="compare-row">
        <Choice
          legend="Texts of each model and budget"
          value={count}
          options={COUNTS.map((value) => ({ value, label: number(value) }))}
          onChange={(value) => {
            setComparison({ count: value });
          }}
        />
        <Measure state={state} />
      </div>
      <Progress of="quality" rest={rest} each={`, ${plural(count, 'text', 'texts')}`} />
      {series.length > 0 && (
        <>
          <BudgetPanels series={series} />
          <p className="hint">
            As “{comparison.judge}” judges, over the tokens behind the first,{' '}
            {plural(comparison.measured?.count ?? count, 'text', 'texts')} a point; intervals are two standard
            errors of the mean log-probability. Computed on {ready?.adapter ?? 'this device'}. A low
            perplexity with a low entropy is repetition, not quality.
          </p>
        </>
      )}
    </>
  );
}

/** What did it buy? The same prompts before and after. */
export function BeforeAfter({ state }: { state: DistillState }) {
  const prompt = useComparison((one) => one.prompt);
  const seed = useComparison((one) => one.seed);
  const failure = useComparison((one) => one.failure);
  return (
    <section className="card lane-figures before-after" aria-labelledby="before-after-title">
      <h2 id="before-after-title">Before and after</h2>
      <div className="compare-row">
        <PromptField
          className="compare-prompt"
          prompt={prompt}
          begins="the models begin"
          onPrompt={(given) => {
            setComparison({ prompt: given });
          }}
        />
        <SeedField seed={seed} onSeed={setSeed} onRoll={rollSeed} />
        <AskTexts label="Write with the student as it is" onClick={() => void compareTexts()} />
      </div>
      <Progress of="texts" rest=" " />
      {failure && <Notice kind="error">{failure.message}</Notice>}
      <Written />
      <h3 className="compare-title">Over many texts</h3>
      <Quality state={state} />
    </section>
  );
}
