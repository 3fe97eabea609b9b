import { useEffect, useMemo, useRef } from 'react';
import { askKept, enterEvaluate, forgetKept } from '../actions/evaluate-run.ts';
import {
  saveEvaluationCsv,
  saveEvaluationJson,
  saveEvaluationPng,
  saveEvaluationSvg,
} from '../actions/evaluate-save.ts';
import { Confirm } from '../components/Confirm.tsx';
import { Failures } from '../components/Failures.tsx';
import { NothingYet } from '../components/NothingYet.tsx';
import { SaveFiles } from '../components/SaveFiles.tsx';
import { bytesText } from '../../words/bytes.ts';
import { sweep } from '../messages/evaluate/sweep.ts';
import { useEngine } from '../stores/engine.ts';
import { useEvaluate } from '../stores/evaluate.ts';
import { usePanels } from '../stores/evaluate-panels.ts';
import { useReport } from '../stores/evaluate-report.ts';
import { BoundPanel } from './BoundPanel.tsx';
import { LastWordPanel } from './LastWordPanel.tsx';
import { MauvePanel } from './MauvePanel.tsx';
import { Report } from './Report.tsx';
import { evaluationSvg } from './figure-svg.ts';
import { askedOfPanels } from './form.ts';
import type { SweepLook } from './report/words.ts';
import { SweepFigure } from './SweepFigure.tsx';
import { SweepSetup } from './SweepSetup.tsx';
import { SweepStatus } from './SweepStatus.tsx';
import { SweepTable } from './SweepTable.tsx';
import { headline, pairsOf, pairText, settingsText } from './words.ts';
// After the parts' own: what it says of screen widths goes before what they say.
import './evaluate.css';
import './presenting.css';

/** How a report shows a sweep: as this view does. */
const LOOK: SweepLook = {
  figure: evaluationSvg,
  sentences: (evaluation) => pairsOf(evaluation).map((pair) => pairText(pair, evaluation)),
};

/** Most models that are told of in sentences; the others are in the figure and in the table. */
const MOST_SENTENCES = 3;

/** What came of it, in sentences. */
function Headline() {
  const shown = useEvaluate((state) => state.shown);
  const pairs = shown ? pairsOf(shown).slice(0, MOST_SENTENCES) : [];
  return (
    <div className="headline">
      <p className="sentence" tabIndex={-1}>
        {headline(shown)}
      </p>
      {shown && pairs.length > 0 ? (
        pairs.map((pair) => (
          <p key={pair.model.id} className="lead">
            {pairText(pair, shown)}
          </p>
        ))
      ) : (
        <p className="lead">{sweep.lead}</p>
      )}
    </div>
  );
}

/** The evaluation to take away, once it is whole. */
function Save() {
  const task = useEvaluate((state) => state.task);
  const shown = useEvaluate((state) => state.shown);
  const x = useEvaluate((state) => state.x);
  if (!shown) return null;
  const whole = task.state === 'done' ? task.result : undefined;
  return (
    <SaveFiles
      // What was saved of the one before is not told of this one.
      key={whole?.date}
      title={sweep.save.title}
      forms={
        whole
          ? [
              { label: sweep.save.png, save: () => saveEvaluationPng(whole, x) },
              { label: sweep.save.svg, save: () => saveEvaluationSvg(whole, x) },
              { label: sweep.save.csv, save: () => saveEvaluationCsv(whole) },
              { label: sweep.save.json, save: () => saveEvaluationJson(whole) },
            ]
          : []
      }
      nothing={whole ? undefined : sweep.save.nothing}
    />
  );
}

/** How it was measured, once that is known. */
function Source() {
  const task = useEvaluate((state) => state.task);
  return task.state === 'done' ? <p className="hint evaluate-source">{settingsText(task.result)}</p> : null;
}

/** Whether anything of this view runs. */
function useBusy(): boolean {
  const sweep = useEvaluate((state) => state.task.state === 'running');
  const panels = usePanels(({ lastWord, bound, mauve }) =>
    [lastWord, bound, mauve].some(({ task }) => task.state === 'running'),
  );
  const report = useReport((state) => state.stage !== undefined);
  return sweep || panels || report;
}

/** What is kept, with a way to be rid of it. */
function Kept() {
  const kept = useEvaluate((state) => state.kept);
  const running = useBusy();
  useEffect(() => {
    // Whatever ran may have left texts and scores.
    if (!running && useEvaluate.getState().kept) void askKept();
  }, [running]);
  if (!kept) return null;
  const says = sweep.kept;
  const are = kept.judges ? says.withJudges : says.some;
  return (
    <div className="hint evaluate-kept">
      {kept.entries === 0 ? says.nothing : are(kept.entries, bytesText(kept.bytes))}
      {kept.entries > 0 && (
        <Confirm
          label={says.forget}
          asks={kept.judges ? says.asksWithJudges(bytesText(kept.judges.bytes)) : says.asks}
          yes={says.yes}
          no={says.no}
          disabled={running}
          onYes={() => void forgetKept()}
        />
      )}
    </div>
  );
}

/** Is it better, measured? */
export default function EvaluateView() {
  const failure = useEvaluate((state) => state.failure);
  const ready = useEngine(({ models, ready }) => ready !== undefined && models.length > 0);
  const shown = useEvaluate((state) => state.shown);
  const known = useEngine((state) => state.models);
  const ids = useEvaluate((state) => state.models);
  const models = useMemo(() => askedOfPanels(ids, known), [ids, known]);
  const judge = useEvaluate((state) => state.form.judge);
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    if (ready) void enterEvaluate();
  }, [ready]);
  return (
    // The focus comes here when what had it is gone.
    <main className="evaluate" ref={page} tabIndex={-1}>
      <h1 className="visually-hidden">{sweep.title}</h1>
      <Headline />
      <Failures
        failure={failure}
        onAct={() => {
          page.current?.focus();
          useEvaluate.setState({ failure: undefined });
        }}
        onRetry={() => void enterEvaluate()}
      />
      <SweepSetup />
      <SweepStatus />
      {!shown && <NothingYet of="evaluate" onShow={() => page.current?.focus()} />}
      {shown && <SweepFigure evaluation={shown} />}
      {shown && shown.points.length > 0 && <SweepTable evaluation={shown} />}
      <Source />
      <Save />
      <Kept />
      <LastWordPanel models={models} />
      <BoundPanel models={models} />
      <MauvePanel models={models} />
      <Report look={LOOK} judge={judge} />
    </main>
  );
}
