import './report/report.css';
import { useId, useMemo, useState } from 'react';
import type { EvaluateOptions } from '../../worker/evaluate/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import {
  makeReport,
  printReport,
  saveReport,
  setReportForm,
  stopReport,
  takeReportTexts,
} from '../actions/evaluate-report.ts';
import { Notice } from '../components/Notice.tsx';
import { Select } from '../components/Select.tsx';
import { TextsField } from '../components/TextsField.tsx';
import { NumberField } from '../distill/Field.tsx';
import { plural } from '../messages/english.ts';
import { useEngine } from '../stores/engine.ts';
import {
  isEarlierReport,
  reportShare,
  STAGES,
  useReport,
  type ReportState,
} from '../stores/evaluate-report.ts';
import { number } from '../watch/numbers.ts';
import { Progress } from './Panel.tsx';
import { RunButton } from './RunButton.tsx';
import { progressText } from './panels-words.ts';
import { companionsOf, isBeside, judgeOf, reportCalls, teacherOf, teachersOf } from './report/asked.ts';
import { reportBody } from './report/html.ts';
import type { ReportData } from './report/report.ts';
import { titlesOf, type SweepLook } from './report/words.ts';

/** Most steps of the sweep that may be chosen. */
const UP_TO = [8, 16, 32, 64, 128];

/** Who stands beside the teacher, each of whom can be left out. */
function Companions({ teacher, models }: { teacher: ModelInfo; models: readonly ModelInfo[] }) {
  const beside = useReport((state) => state.form.beside);
  if (models.length === 0)
    return <p className="hint">There is no student of it here: distil one, or fetch one under Models.</p>;
  return (
    <fieldset className="report-companions">
      <legend className="hint">Beside it</legend>
      {models.map((model) => (
        <label key={model.id} className="check">
          <input
            type="checkbox"
            checked={isBeside({ beside }, teacher, model)}
            onChange={(event) => {
              setReportForm({ beside: { ...beside, [model.id]: event.target.checked } });
            }}
          />
          <span>
            {model.title}
            {model.kind === 'causal'
              ? ', autoregressive'
              : model.nativeSteps === undefined
                ? ''
                : `, ${plural(model.nativeSteps, 'step', 'steps')}`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A text for one of the parts that need one. */
function PartTexts({ name, label, error }: { name: 'heldOut' | 'reference'; label: string; error?: string }) {
  const given = useReport((state) => state.form[name]);
  return (
    <TextsField
      {...{ ...given, label, error }}
      onPasted={(pasted) => {
        setReportForm({ [name]: { ...given, pasted } });
      }}
      onFiles={(files) => takeReportTexts(name, files)}
      onLeaveOut={() => {
        setReportForm({ [name]: { ...given, file: undefined } });
      }}
    />
  );
}

/** What is measured, and the button that does. */
function Setup({ judge }: { judge: EvaluateOptions['judge'] }) {
  const id = useId();
  const form = useReport((state) => state.form);
  const running = useReport((state) => state.stage !== undefined);
  const models = useEngine((state) => state.models);
  const teacher = teacherOf(form, models);
  const who = teacher && judgeOf(judge, teacher, models);
  const asked = reportCalls(form, models, judge);
  const errors = 'errors' in asked ? asked.errors : {};
  const problem = errors.models ?? (Object.keys(errors).length > 0 ? 'Something above is amiss.' : undefined);
  return (
    <form
      className="gauge-form"
      aria-labelledby={id}
      onSubmit={(event) => {
        event.preventDefault();
        // Enter in a field may begin it, and only the button cancels it.
        if (!running && problem === undefined) void makeReport(judge);
      }}
    >
      <p id={id} className="visually-hidden">
        What the report is of
      </p>
      {teacher && (
        <>
          <div className="gauge-fields">
            <Select
              field
              label="Teacher"
              options={teachersOf(models).map((model) => ({ value: model.id, label: model.title }))}
              value={teacher.id}
              onChange={(value) => {
                setReportForm({ teacher: value });
              }}
            />
            <Select
              field
              label="Steps up to"
              options={UP_TO.map((value) => ({ value, label: number(value) }))}
              value={form.upTo}
              onChange={(upTo) => {
                setReportForm({ upTo });
              }}
            />
            <NumberField
              label="Texts of a point"
              value={form.count}
              error={errors.count}
              hint="Fewer are quicker, and say less."
              onChange={(count) => {
                setReportForm({ count });
              }}
            />
            <NumberField
              label="Tokens of a text"
              value={form.length}
              error={errors.length}
              hint="The first of them is given."
              onChange={(length) => {
                setReportForm({ length });
              }}
            />
            <NumberField
              label="Items of the last word"
              value={form.items}
              error={errors.items}
              hint="Empty: all that come with the page. As many as there are at most."
              onChange={(items) => {
                setReportForm({ items });
              }}
            />
            <NumberField
              label="Seed"
              value={form.seed}
              error={errors.seed}
              onChange={(seed) => {
                setReportForm({ seed });
              }}
            />
          </div>
          <p className="hint">
            {who ? `“${who.title}” judges the texts` : 'Nobody judges the texts'}, as chosen for quality
            against steps.
          </p>
          <Companions teacher={teacher} models={companionsOf(teacher, models)} />
          <details className="report-more">
            <summary>A held-out text, and a reference for MAUVE</summary>
            <div>
              <PartTexts
                name="heldOut"
                label="Held-out texts, for their perplexity; an empty line between two of them"
              />
              <PartTexts
                name="reference"
                label="Reference texts, for MAUVE; an empty line between two of them"
                {...(errors.reference === undefined ? {} : { error: errors.reference })}
              />
            </div>
          </details>
        </>
      )}
      <div className="gauge-submit">
        <RunButton
          run="Make the report"
          barred={problem !== undefined}
          {...{ running }}
          onCancel={stopReport}
        />
        {!running && problem !== undefined && <p className="hint">{problem}</p>}
      </div>
    </form>
  );
}

const CANCELLED: Record<NonNullable<ReportState['cancelled']>, string> = {
  nothing: 'Cancelled before anything was measured.',
  less: 'Cancelled. What stands below is the report before, which has more in it.',
  'laid out': 'Cancelled. What was measured is laid out below.',
};

/** How far it is, and what became of it. */
function Status() {
  const { stage, progress, failure, cancelled } = useReport();
  const models = useEngine((state) => state.models);
  if (failure) return <Notice kind="error">{failure.message}</Notice>;
  const at = STAGES.findIndex((one) => one.stage === stage);
  if (at < 0)
    return (
      <p className="hint" role="status">
        {cancelled && CANCELLED[cancelled]}
      </p>
    );
  const says = `Part ${at + 1} of ${STAGES.length}, ${STAGES[at].title}. ${progressText(progress, titlesOf(models))}`;
  return <Progress share={reportShare({ stage, progress })} says={says} />;
}

/** The report as it is printed. */
function Sheet({ report, look }: { report: ReportData; look: SweepLook }) {
  const html = useMemo(() => ({ __html: reportBody(report, look) }), [report, look]);
  const [saved, setSaved] = useState('');
  return (
    <>
      <div className="gauge-copy">
        <button type="button" onClick={printReport}>
          Print or save as PDF
        </button>
        <button
          type="button"
          onClick={() => {
            const file = saveReport(look);
            if (file) setSaved(`${file.file}, ${number(file.bytes / 1000, 1)} kB.`);
          }}
        >
          Save as HTML
        </button>
        <p className="hint" role="status">
          {saved}
        </p>
      </div>
      <article
        className="report-sheet"
        aria-label="The report"
        // All that models wrote is escaped, see report/markup.ts.
        dangerouslySetInnerHTML={html}
      />
    </>
  );
}

/**
 * All measures of a teacher and its students, laid out to be printed.
 * @param look how the sweep is shown
 * @param judge who judges it; undefined: as the engine chooses
 */
export function Report({ look, judge }: { look: SweepLook; judge?: EvaluateOptions['judge'] }) {
  const id = useId();
  const report = useReport((state) => state.report);
  const earlier = useReport(isEarlierReport);
  return (
    <section className="card gauge report" aria-labelledby={id}>
      <h2 id={id}>Report</h2>
      <p className="hint">
        A teacher and its students by every measure, on a few pages that can be printed or handed on. It takes
        as long as all of them together; texts that were written before are used again, and what is done when
        it is cancelled is laid out.
      </p>
      <Setup judge={judge} />
      <Status />
      {earlier && <p className="hint">What stands below is the report before.</p>}
      {report && <Sheet {...{ report, look }} />}
    </section>
  );
}
