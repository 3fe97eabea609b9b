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
import { comparison as says } from '../messages/distill-figures.ts';
import { BudgetPanels } from '../race/figures/BudgetPanels.tsx';
import {
  COMPARED_STEPS,
  FEW_TEXTS,
  missingPoints,
  pointsOf,
  useComparison,
  type ComparisonState,
} from '../stores/comparison.ts';
import { useDistill } from '../stores/distill.ts';
import { useEngine } from '../stores/engine.ts';
import { number } from '../../words/numbers.ts';
import { curvesOf } from './quality.ts';

type Progressed = NonNullable<ComparisonState['progress']>;

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

const progressText = ({ what, done, total }: Progressed, each: number | undefined): string =>
  each === undefined ? says.progress(what, done + 1, total) : says.progressEach(what, each, done + 1, total);

/** What is being written, with a way to stop it. @param each how many texts are written at once, where that is told */
function Progress({ of, rest, each }: { of: 'texts' | 'quality'; rest: string; each?: number }) {
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
            ? `${progressText(progress, each)}${waits ? ` ${says.waits}` : ''}`
            : says.waiting
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
      {status === 'texts' ? says.cancel : label}
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
          { model: '', title: says.teacher },
          { model: ' ', title: says.student },
        ];
  return (
    <div className="written" role="table" aria-label={says.texts.label} data-empty={columns.length === 0}>
      <div role="row" className="written-head">
        <span role="columnheader">{says.texts.steps}</span>
        {shown.map(({ model, title }) => (
          <span key={model} role="columnheader">
            {title}
          </span>
        ))}
      </div>
      {COMPARED_STEPS.map((steps) => (
        <div role="row" key={steps}>
          <span role="rowheader">{says.texts.stepsOf(steps)}</span>
          {shown.map(({ model, title }) => {
            const text = (texts[model] as Readonly<Record<number, string>> | undefined)?.[steps];
            return (
              <span key={model} role="cell">
                <small aria-hidden="true">{title}</small>
                {text === undefined ? (
                  <span className="hatch">
                    <span className="visually-hidden">{says.texts.notYet}</span>
                  </span>
                ) : (
                  <span className="text" lang="en">
                    {text === '' ? says.texts.none : text}
                  </span>
                )}
              </span>
            );
          })}
        </div>
      ))}
      {asked && columns.some(({ model }) => model in texts) && (
        <p className="hint">
          {asked.prompt === ''
            ? says.texts.noPrompt(asked.seed)
            : says.texts.prompt(asked.seed, asked.prompt)}
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
    ? says.quality.pause
    : missing === 0
      ? says.quality.again
      : begun
        ? says.quality.goOn
        : rounds === 0
          ? says.quality.teacher
          : says.quality.all(rounds);
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
          {says.cancel}
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
    return <p className="hint">{says.quality.noJudge}</p>;
  }
  const rest = comparison.held ? says.quality.paused : says.quality.rests;
  return (
    <>
      <div className="compare-row">
        <Choice
          legend={says.quality.count}
          value={count}
          options={COUNTS.map((value) => ({ value, label: number(value) }))}
          onChange={(value) => {
            setComparison({ count: value });
          }}
        />
        <Measure state={state} />
      </div>
      <Progress of="quality" rest={rest} each={count} />
      {series.length > 0 && (
        <>
          <BudgetPanels series={series} />
          <p className="hint">
            {says.quality.source(
              comparison.judge ?? '',
              comparison.measured?.count ?? count,
              ready?.adapter ?? says.quality.thisDevice,
            )}
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
      <h2 id="before-after-title">{says.title}</h2>
      <div className="compare-row">
        <PromptField
          className="compare-prompt"
          prompt={prompt}
          begins={says.modelsBegin}
          onPrompt={(given) => {
            setComparison({ prompt: given });
          }}
        />
        <SeedField seed={seed} onSeed={setSeed} onRoll={rollSeed} />
        <AskTexts label={says.write} onClick={() => void compareTexts()} />
      </div>
      <Progress of="texts" rest=" " />
      {failure && <Notice kind="error">{failure.message}</Notice>}
      <Written />
      <h3 className="compare-title">{says.quality.title}</h3>
      <Quality state={state} />
    </section>
  );
}
