import { setPanelForm, takePanelTexts } from '../actions/evaluate-panels.ts';
import { TextsField } from '../components/TextsField.tsx';
import { NumberField } from '../distill/Field.tsx';
import { panels } from '../messages/evaluate/panels.ts';
import { useEngine } from '../stores/engine.ts';
import { usePanels } from '../stores/evaluate-panels.ts';
import { MeasureTable } from './MeasureTable.tsx';
import { Outcome, Panel, useTitles } from './Panel.tsx';
import { boundCsv, resultJson } from './panels-csv.ts';
import { boundOptions } from './panels-form.ts';
import { boundSentence, boundSource, whereText } from './panels-words.ts';
import { boundTable } from './panel-rows.ts';

const { bound } = panels;

function Result() {
  const result = usePanels((state) => state.bound.result);
  const models = useEngine((state) => state.models);
  const title = useTitles();
  if (!result) return null;
  return (
    <Outcome
      sentence={boundSentence(result, title)}
      source={`${boundSource(result)}${whereText(result)}`}
      csv={() => boundCsv(result)}
      json={() => resultJson(result)}
    >
      <MeasureTable
        label={bound.table.label}
        plotted={{ name: bound.table.perplexity, small: bound.table.perplexityUnit }}
        columns={[
          { name: bound.table.token, small: '' },
          { name: bound.table.draws, small: '' },
          { name: bound.table.tokens, small: '' },
        ]}
        {...boundTable(result, models)}
      />
    </Outcome>
  );
}

/** How likely is a given text? */
export function BoundPanel({ models }: { models: readonly string[] }) {
  const form = usePanels((state) => state.bound.form);
  const known = useEngine((state) => state.models);
  const asked = boundOptions(form, models, known);
  const errors = 'errors' in asked ? asked.errors : {};
  const given = form.file !== undefined || form.pasted.trim() !== '';
  return (
    <Panel
      name="bound"
      title={bound.title}
      says={bound.says}
      run={bound.run}
      models={models}
      problem={errors.models ?? errors.texts ?? (Object.keys(errors).length > 0 ? panels.amiss : undefined)}
      result={<Result />}
    >
      <TextsField
        {...{ pasted: form.pasted, file: form.file }}
        error={given ? errors.texts : undefined}
        onPasted={(pasted) => {
          setPanelForm('bound', { pasted });
        }}
        onFiles={(files) => takePanelTexts('bound', files)}
        onLeaveOut={() => {
          setPanelForm('bound', { file: undefined });
        }}
      />
      <div className="gauge-fields">
        <NumberField
          label={bound.length}
          value={form.length}
          error={errors.length}
          hint={bound.lengthHint}
          onChange={(length) => {
            setPanelForm('bound', { length });
          }}
        />
        <NumberField
          label={bound.draws}
          value={form.draws}
          error={errors.draws}
          hint={bound.drawsHint}
          onChange={(draws) => {
            setPanelForm('bound', { draws });
          }}
        />
        <NumberField
          label={bound.seed}
          value={form.seed}
          error={errors.seed}
          onChange={(seed) => {
            setPanelForm('bound', { seed });
          }}
        />
      </div>
    </Panel>
  );
}
