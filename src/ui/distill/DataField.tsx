import { dropTexts, setForm, takeTexts } from '../actions/distill-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { TextsField } from '../components/TextsField.tsx';
import { distillSetup } from '../messages/distill-setup.ts';
import { useDistill } from '../stores/distill.ts';
import { NumberField } from './Field.tsx';
import type { DataSource, FormErrors } from './form.ts';

const says = distillSetup.data;

/** The visitor's own texts: pasted, chosen, or dropped here. */
function OwnTexts({ error }: { error: string | undefined }) {
  const { pasted, file } = useDistill((view) => view.form);
  return (
    <TextsField
      {...{ pasted, file, error }}
      onPasted={(text) => {
        setForm({ pasted: text });
      }}
      onFiles={takeTexts}
      onLeaveOut={dropTexts}
    />
  );
}

const SAYS: Record<DataSource, string> = {
  bundled: says.bundledSays,
  own: '',
  written: says.writtenSays,
};

/** Which texts are masked. */
export function DataField({ bundled, errors }: { bundled: boolean; errors: FormErrors }) {
  const source = useDistill((view) => view.form.source);
  const write = useDistill((view) => view.form.write);
  return (
    <div className="data-field">
      <Choice<DataSource>
        legend={says.label}
        value={source}
        options={[
          ...(bundled ? [{ value: 'bundled' as const, label: says.bundled }] : []),
          { value: 'own', label: says.own },
          { value: 'written', label: says.written },
        ]}
        onChange={(value) => {
          setForm({ source: value });
        }}
      />
      {source === 'own' ? <OwnTexts error={errors.data} /> : <p className="hint">{SAYS[source]}</p>}
      {source === 'written' && (
        <NumberField
          label={says.write}
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
