import './setup.css';
import { useState, type ReactNode } from 'react';
import type { DistillLoss } from '../../worker/distill/result.ts';
import type { ModelInfo } from '../../worker/protocol.ts';
import { asked, begin, cancelOpening, teachersOf } from '../actions/distill-open.ts';
import { setForm, setLadder, setTeacher } from '../actions/distill-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { Select } from '../components/Select.tsx';
import { losses } from '../messages/distill-figures.ts';
import { distillSetup as says } from '../messages/distill-setup.ts';
import { titleOf } from '../race/name.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { isAtWork, useDistill } from '../stores/distill.ts';
import { number } from '../../words/numbers.ts';
import { DataField } from './DataField.tsx';
import { NumberField } from './Field.tsx';
import { ladderOf, type DistillForm, type Field, type FormErrors } from './form.ts';
import { LOSSES, steps } from './sentence.ts';

const FIRST_STEPS = [128, 64, 32, 16, 8];
const SUB_STEPS = [2, 3, 4, 8];

/** Bytes of GPU memory for each parameter: teacher, student, gradient, two moments, and the average that is kept; f32 each. */
const BYTES_PER_PARAMETER = 6 * 4;

/** What it comes to, as far as it can be told beforehand. */
function Estimate({ form, teacher }: { form: DistillForm; teacher: ModelInfo | undefined }) {
  const [rounds, updates, batch, slots] = [form.rounds, form.updates, form.batch, form.slots].map(Number);
  const ladder = [form.firstSteps, ...ladderOf(form.firstSteps, form.m, rounds || 1)];
  const texts = rounds * updates * batch;
  // Bundled weights are f16: two bytes for each parameter.
  const memory = teacher && teacher.origin !== 'file' ? (teacher.bytes / 2) * BYTES_PER_PARAMETER : undefined;
  return (
    <p className="hint setup-estimate">
      {[
        says.estimate.ladder(ladder.map(steps)),
        ...(Number.isFinite(texts * slots)
          ? [says.estimate.work(rounds * updates, texts, texts * slots, form.m)]
          : []),
        ...(memory === undefined ? [] : [says.estimate.memory(memory)]),
        says.estimate.time,
      ].join(' ')}
    </p>
  );
}

/** The usual settings, and those behind them. */
function Fields({ form, errors }: { form: DistillForm; errors: FormErrors }) {
  const models = useEngine((state) => state.models);
  const vocabularies = useEngine((state) => state.vocabularies);
  const teachers = teachersOf(models);
  const teacher = teachers.find(({ id }) => id === form.teacher);
  const bundled = models.find(({ origin, kind }) => origin === 'bundled' && kind === 'teacher');
  const sameWords =
    bundled === undefined || teacher === undefined || bundled.vocabulary === teacher.vocabulary;
  const longest = (teacher?.length ?? 128) - beginnings(vocabularies[form.teacher]);
  const [more, setMore] = useState(false);
  // What is wrong is in sight.
  const hidden = (['batch', 'slots', 'learningRate', 'seed'] as const).some(
    (key) => errors[key] !== undefined,
  );
  const text = (key: 'rounds' | 'updates' | 'batch' | 'slots' | 'learningRate' | 'seed') => ({
    value: form[key],
    error: errors[key],
    onChange: (value: string) => {
      setForm({ [key]: value });
    },
  });
  return (
    <>
      <div className="setup-fields">
        <Select
          field
          label={says.teacher}
          value={form.teacher}
          // One that is not open any more is named still, where it was asked for.
          options={[...(teacher ? [] : [{ id: form.teacher }]), ...teachers].map(({ id }) => ({
            value: id,
            label: titleOf(id, models),
          }))}
          hint={errors.teacher}
          onChange={setTeacher}
        />
        <Select
          field
          label={says.firstSteps}
          value={form.firstSteps}
          options={FIRST_STEPS.map((value) => ({ value, label: says.firstStepsOf(value) }))}
          onChange={(firstSteps) => {
            setLadder({ firstSteps });
          }}
        />
        <NumberField label={says.rounds} {...text('rounds')} hint={says.roundsHint} />
        <NumberField label={says.updates} {...text('updates')} />
      </div>
      <DataField bundled={sameWords} errors={errors} />
      <details
        className="setup-more"
        open={more || hidden}
        onToggle={(event) => {
          setMore(event.currentTarget.open);
        }}
      >
        <summary>{says.more}</summary>
        <div className="setup-fields">
          <Select<DistillLoss>
            field
            label={says.loss}
            value={form.loss}
            options={(Object.keys(LOSSES) as DistillLoss[]).map((value) => ({
              value,
              label: losses.labels[value],
            }))}
            hint={losses.says[form.loss]}
            onChange={(loss) => {
              setForm({ loss });
            }}
          />
          <Choice
            legend={says.subSteps}
            value={form.m}
            options={SUB_STEPS.map((value) => ({ value, label: number(value) }))}
            onChange={(m) => {
              setLadder({ m });
            }}
          />
          <NumberField label={says.batch} {...text('batch')} />
          <NumberField label={says.length} {...text('slots')} hint={says.lengthHint(longest)} />
          <NumberField label={says.learningRate} {...text('learningRate')} />
          <NumberField label={says.seed} {...text('seed')} />
        </div>
      </details>
      <Estimate {...{ form, teacher }} />
    </>
  );
}

/** Go to the first field that cannot be taken, wherever it is folded away. */
function showWrong(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLElement>('fieldset:enabled [aria-invalid="true"]');
  const folded = field?.closest('details');
  if (folded) folded.open = true;
  field?.focus();
}

/** What a distillation is asked for; once one is open it is what the open one was asked for. */
export function DistillSetup({ children }: { children?: ReactNode }) {
  const form = useDistill((view) => view.form);
  const status = useDistill((view) => view.status);
  const ready = useEngine((state) => state.ready !== undefined && state.models.length > 0);
  // What can be asked depends on the models that there are.
  useEngine((state) => state.models);
  useEngine((state) => state.vocabularies);
  const options = asked();
  const errors = 'errors' in options ? options.errors : {};
  const noGpu = useEngine((one) => one.ready?.backend === 'wasm');
  const wrong = Object.keys(errors).length > 0;
  const opening = status === 'opening';
  const state = useDistill((view) => view.state);
  const atWork = useDistill(isAtWork);
  const unfinished = !opening && state !== undefined && !state.finished;
  const unsaved = unfinished && state.savedAt === undefined;
  const why = atWork
    ? says.not.running
    : unsaved
      ? says.not.unsaved
      : noGpu
        ? says.not.noGpu
        : wrong
          ? says.not.wrong[(Object.keys(errors) as Field[])[0]]
          : !ready
            ? says.not.starting
            : '';
  return (
    <form
      className="card distill-setup"
      aria-label={says.label}
      onSubmit={(event) => {
        event.preventDefault();
        if (opening) cancelOpening();
        else if (why === '') void begin(true);
        else if (wrong) showWrong(event.currentTarget);
      }}
    >
      <fieldset disabled={atWork || unsaved || opening}>
        <legend className="visually-hidden">{says.settings}</legend>
        <Fields {...{ form, errors }} />
      </fieldset>
      <div className="setup-submit">
        {!noGpu && (
          <>
            <button type="submit" className="primary" aria-disabled={!opening && why !== ''}>
              {opening ? says.cancel : says.start}
            </button>
            <button
              type="button"
              aria-disabled={opening || why !== ''}
              onClick={() => {
                if (!opening && why === '') void begin(false);
              }}
            >
              {says.prepare}
            </button>
          </>
        )}
        <p className="hint">{why === '' && unfinished ? says.staysSaved : why}</p>
      </div>
      {children}
    </form>
  );
}
