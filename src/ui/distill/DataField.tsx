import { useId, useState } from 'react';
import { dropTexts, setForm, takeTexts } from '../actions/distill-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { useDistill } from '../stores/distill.ts';
import { number, plural } from '../watch/numbers.ts';
import { NumberField } from './Field.tsx';
import { ownTexts, type DataSource, type FormErrors } from './form.ts';

/** The visitor's own texts: pasted, chosen, or dropped here. */
function OwnTexts({ error }: { error: string | undefined }) {
  const id = useId();
  const form = useDistill((view) => view.form);
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  const leaveOut = (): void => {
    setProblem(undefined);
    dropTexts();
  };
  const take = async (files: readonly File[]): Promise<void> => {
    setProblem((await takeTexts(files))?.message);
  };
  const count = ownTexts(form).length;
  const wrong = problem ?? error;
  return (
    <div
      className="own-texts"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take([...event.dataTransfer.files]);
      }}
    >
      <div className="field">
        <label htmlFor={`${id}-text`}>Texts, with an empty line between two of them</label>
        <textarea
          id={`${id}-text`}
          rows={4}
          value={form.pasted}
          aria-invalid={wrong !== undefined}
          aria-describedby={`${id}-says`}
          onChange={(event) => {
            setForm({ pasted: event.target.value });
          }}
        />
      </div>
      <div className="own-files">
        <label className="button" htmlFor={id}>
          Choose .txt or .jsonl
          <input
            id={id}
            type="file"
            multiple
            accept=".txt,.jsonl,text/plain"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              // The same files may be chosen again once they are mended.
              event.target.value = '';
              void take(files);
            }}
          />
        </label>
        {form.file && (
          <button type="button" className="small" onClick={leaveOut}>
            Leave {form.file.name} out
          </button>
        )}
      </div>
      <p
        id={`${id}-says`}
        className={wrong === undefined ? 'hint' : 'hint field-error'}
        role={problem === undefined ? undefined : 'alert'}
      >
        {wrong !== undefined && (
          <>
            {wrong}
            {problem !== undefined && form.file && ` ${form.file.name} stays.`}
            <br />
          </>
        )}
        {count > 0 &&
          `${plural(count, 'text', 'texts')}${form.file ? `, ${number(form.file.texts.length)} of them from ${form.file.name}` : ''}. They stay on this machine.`}
      </p>
    </div>
  );
}

const SAYS: Record<DataSource, string> = {
  bundled: 'Stories that the bundled teacher wrote, which come with the page.',
  own: '',
  written: 'The teacher writes them first, which takes a while; then they are used as any other texts.',
};

/** Which texts are masked. */
export function DataField({ bundled, errors }: { bundled: boolean; errors: FormErrors }) {
  const source = useDistill((view) => view.form.source);
  const write = useDistill((view) => view.form.write);
  return (
    <div className="data-field">
      <Choice<DataSource>
        legend="Texts to mask"
        value={source}
        options={[
          ...(bundled ? [{ value: 'bundled' as const, label: 'Bundled' }] : []),
          { value: 'own', label: 'Your own' },
          { value: 'written', label: 'By the teacher' },
        ]}
        onChange={(value) => {
          setForm({ source: value });
        }}
      />
      {source === 'own' ? <OwnTexts error={errors.data} /> : <p className="hint">{SAYS[source]}</p>}
      {source === 'written' && (
        <NumberField
          label="Texts to write"
          value={write}
          error={errors.write}
          onChange={(value) => {
            setForm({ write: value });
          }}
        />
      )}
    </div>
  );
}
