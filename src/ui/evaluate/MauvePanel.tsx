import { setPanelForm, takePanelTexts } from '../actions/evaluate-panels.ts';
import { Select } from '../components/Select.tsx';
import { TextsField } from '../components/TextsField.tsx';
import { NumberField, TextField } from '../distill/Field.tsx';
import { panels } from '../messages/evaluate/panels.ts';
import { titleOf } from '../race/name.ts';
import { useEngine } from '../stores/engine.ts';
import { usePanels } from '../stores/evaluate-panels.ts';
import { MeasureTable } from './MeasureTable.tsx';
import { Outcome, Panel, useTitles } from './Panel.tsx';
import { mauveCsv, resultJson } from './panels-csv.ts';
import { mauveOptions } from './panels-form.ts';
import { mauveCaution, mauveSentence, mauveSource, whereText } from './panels-words.ts';
import { mauveTable } from './panel-rows.ts';

const { mauve } = panels;

function Result() {
  const result = usePanels((state) => state.mauve.result);
  const models = useEngine((state) => state.models);
  const title = useTitles();
  if (!result) return null;
  return (
    <Outcome
      sentence={mauveSentence(result, title)}
      source={`${mauveCaution(result)} ${mauveSource(result, title)}${whereText({ ...result, seed: result.settings.seed })}`}
      csv={() => mauveCsv(result)}
      json={() => resultJson(result)}
    >
      <MeasureTable
        label={mauve.table.label}
        plotted={{ name: mauve.table.mauve, small: mauve.table.mauveUnit }}
        columns={[
          { name: mauve.table.texts, small: mauve.table.textsUnit },
          { name: mauve.table.clusterings, small: '' },
        ]}
        {...mauveTable(result, models)}
      />
    </Outcome>
  );
}

/** Does what models write look like what people wrote? */
export function MauvePanel({ models }: { models: readonly string[] }) {
  const form = usePanels((state) => state.mauve.form);
  const known = useEngine((state) => state.models);
  const asked = mauveOptions(form, models, known);
  const errors = 'errors' in asked ? asked.errors : {};
  const given = form.file !== undefined || form.pasted.trim() !== '';
  const causal = known.filter(({ kind }) => kind === 'causal');
  return (
    <Panel
      name="mauve"
      title={mauve.title}
      says={mauve.says}
      run={mauve.run}
      models={models}
      problem={errors.models ?? errors.texts ?? (Object.keys(errors).length > 0 ? panels.amiss : undefined)}
      result={<Result />}
    >
      <TextsField
        {...{ pasted: form.pasted, file: form.file }}
        label={mauve.reference}
        error={given ? errors.texts : undefined}
        onPasted={(pasted) => {
          setPanelForm('mauve', { pasted });
        }}
        onFiles={(files) => takePanelTexts('mauve', files)}
        onLeaveOut={() => {
          setPanelForm('mauve', { file: undefined });
        }}
      />
      <div className="gauge-fields">
        <NumberField
          label={mauve.count}
          value={form.count}
          error={errors.count}
          hint={mauve.countHint}
          onChange={(count) => {
            setPanelForm('mauve', { count });
          }}
        />
        <NumberField
          label={mauve.length}
          value={form.length}
          error={errors.length}
          hint={mauve.lengthHint}
          onChange={(length) => {
            setPanelForm('mauve', { length });
          }}
        />
        <TextField
          label={mauve.steps}
          value={form.steps}
          error={errors.steps}
          onChange={(steps) => {
            setPanelForm('mauve', { steps });
          }}
        />
        <NumberField
          label={mauve.clusters}
          value={form.clusters}
          error={errors.clusters}
          hint={mauve.clustersHint}
          onChange={(clusters) => {
            setPanelForm('mauve', { clusters });
          }}
        />
        {causal.length > 0 && (
          <Select
            field
            label={mauve.features}
            options={causal.map(({ id }) => ({ value: id, label: titleOf(id, known) }))}
            value={form.features}
            hint={mauve.featuresHint}
            onChange={(features) => {
              setPanelForm('mauve', { features });
            }}
          />
        )}
        <NumberField
          label={mauve.seed}
          value={form.seed}
          error={errors.seed}
          onChange={(seed) => {
            setPanelForm('mauve', { seed });
          }}
        />
      </div>
    </Panel>
  );
}
