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
import { savedText } from '../components/saved-text.ts';
import { panels } from '../messages/evaluate/panels.ts';
import { report as words } from '../messages/evaluate/report.ts';
import { shared } from '../messages/shared.ts';
import { useEngine } from '../stores/engine.ts';
import { isEarlierReport, reportShare, STAGES, useReport } from '../stores/evaluate-report.ts';
import { number } from '../../words/numbers.ts';
import { Progress } from './Panel.tsx';
import { RunButton } from './RunButton.tsx';
import { progressText } from './panels-words.ts';
import { companionsOf, isBeside, judgeOf, reportCalls, teacherOf, teachersOf } from './report/asked.ts';
import { reportBody } from './report/html.ts';
import type { ReportData } from './report/report.ts';
import { titlesOf, type SweepLook } from './report/words.ts';

const { fields } = words;

/** Most steps of the sweep that may be chosen. */
const UP_TO = [8, 16, 32, 64, 128];

/** A model with what it is. */
function companionText({ title, kind, nativeSteps }: ModelInfo): string {
  if (kind === 'causal') return fields.causal(title);
  return nativeSteps === undefined ? title : fields.student(title, nativeSteps);
}

/** Who stands beside the teacher, each of whom can be left out. */
function Companions({ teacher, models }: { teacher: ModelInfo; models: readonly ModelInfo[] }) {
  const beside = useReport((state) => state.form.beside);
  if (models.length === 0) return <p className="hint">{fields.noStudents}</p>;
  return (
    <fieldset className="report-companions">
      <legend className="hint">{fields.beside}</legend>
      {models.map((model) => (
        <label key={model.id} className="check">
          <input
            type="checkbox"
            checked={isBeside({ beside }, teacher, model)}
            onChange={(event) => {
              setReportForm({ beside: { ...beside, [model.id]: event.target.checked } });
            }}
          />
          <span>{companionText(model)}</span>
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
  const problem = errors.models ?? (Object.keys(errors).length > 0 ? panels.amiss : undefined);
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
        {fields.label}
      </p>
      {teacher && (
        <>
          <div className="gauge-fields">
            <Select
              field
              label={fields.teacher}
              options={teachersOf(models).map((model) => ({ value: model.id, label: model.title }))}
              value={teacher.id}
              onChange={(value) => {
                setReportForm({ teacher: value });
              }}
            />
            <Select
              field
              label={fields.upTo}
              options={UP_TO.map((value) => ({ value, label: number(value) }))}
              value={form.upTo}
              onChange={(upTo) => {
                setReportForm({ upTo });
              }}
            />
            <NumberField
              label={fields.count}
              value={form.count}
              error={errors.count}
              hint={fields.countHint}
              onChange={(count) => {
                setReportForm({ count });
              }}
            />
            <NumberField
              label={fields.length}
              value={form.length}
              error={errors.length}
              hint={fields.lengthHint}
              onChange={(length) => {
                setReportForm({ length });
              }}
            />
            <NumberField
              label={fields.items}
              value={form.items}
              error={errors.items}
              hint={fields.itemsHint}
              onChange={(items) => {
                setReportForm({ items });
              }}
            />
            <NumberField
              label={shared.seed.label}
              value={form.seed}
              error={errors.seed}
              onChange={(seed) => {
                setReportForm({ seed });
              }}
            />
          </div>
          <p className="hint">{who ? fields.judge(who.title) : fields.noJudge}</p>
          <Companions teacher={teacher} models={companionsOf(teacher, models)} />
          <details className="report-more">
            <summary>{fields.texts}</summary>
            <div>
              <PartTexts name="heldOut" label={fields.heldOut} />
              <PartTexts
                name="reference"
                label={fields.reference}
                {...(errors.reference === undefined ? {} : { error: errors.reference })}
              />
            </div>
          </details>
        </>
      )}
      <div className="gauge-submit">
        <RunButton run={words.make} barred={problem !== undefined} {...{ running }} onCancel={stopReport} />
        {!running && problem !== undefined && <p className="hint">{problem}</p>}
      </div>
    </form>
  );
}

/** How far it is, and what became of it. */
function Status() {
  const { stage, progress, failure, cancelled } = useReport();
  const models = useEngine((state) => state.models);
  if (failure) return <Notice kind="error">{failure.message}</Notice>;
  const at = STAGES.findIndex((one) => one.stage === stage);
  if (at < 0)
    return (
      <p className="hint" role="status">
        {cancelled && words.cancelled[cancelled]}
      </p>
    );
  const says = words.progress(
    ...([at + 1, STAGES.length, words.stages[STAGES[at].stage]] as const),
    progressText(progress, titlesOf(models)),
  );
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
          {words.print}
        </button>
        <button
          type="button"
          onClick={() => {
            const file = saveReport(look);
            if (file) setSaved(savedText(undefined, file));
          }}
        >
          {words.save}
        </button>
        <p className="hint" role="status">
          {saved}
        </p>
      </div>
      <article
        className="report-sheet"
        aria-label={words.label}
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
      <h2 id={id}>{words.title}</h2>
      <p className="hint">{words.lead}</p>
      <Setup judge={judge} />
      <Status />
      {earlier && <p className="hint">{words.earlier}</p>}
      {report && <Sheet {...{ report, look }} />}
    </section>
  );
}
