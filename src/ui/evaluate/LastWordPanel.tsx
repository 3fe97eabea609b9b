import { useState } from 'react';
import type { LastWordResult } from '../../worker/evaluate/result.ts';
import { setPanelForm, takeItems } from '../actions/evaluate-panels.ts';
import { DropZone, FilePicker } from '../components/DropZone.tsx';
import { Select } from '../components/Select.tsx';
import { NumberField } from '../distill/Field.tsx';
import { panels } from '../messages/evaluate/panels.ts';
import { shared } from '../messages/shared.ts';
import { useEngine } from '../stores/engine.ts';
import { usePanels } from '../stores/evaluate-panels.ts';
import { MeasureTable } from './MeasureTable.tsx';
import { Outcome, Panel, useTitles } from './Panel.tsx';
import { lastWordCsv, resultJson } from './panels-csv.ts';
import { endingOf, lastWordOptions } from './panels-form.ts';
import { lastWordSentence, lastWordSource, whereText } from './panels-words.ts';
import { guessRows, lastWordTable } from './panel-rows.ts';

const { lastWord } = panels;

/** Which items: those that come with the page, or a file. */
function Items() {
  const file = usePanels((state) => state.lastWord.form.file);
  const [problem, setProblem] = useState<string>();
  const take = (files: readonly File[]): void => {
    setProblem(takeItems(files)?.message);
  };
  return (
    <DropZone onFiles={take}>
      <p className="hint">{file ? lastWord.items.file(file.name) : lastWord.items.bundled}</p>
      <div className="own-files">
        <FilePicker label={lastWord.items.choose} accept=".jsonl,.json" onFiles={take} />
        {file && (
          <button
            type="button"
            className="small"
            onClick={() => {
              setProblem(undefined);
              setPanelForm('lastWord', { file: undefined });
            }}
          >
            {shared.texts.leaveOut(file.name)}
          </button>
        )}
      </div>
      {problem !== undefined && (
        <p className="hint field-error" role="alert">
          {problem}
        </p>
      )}
    </DropZone>
  );
}

/** The first items, and what each model made of them. */
function Guesses({ result }: { result: LastWordResult }) {
  const title = useTitles();
  const { guesses: guessed } = lastWord;
  return (
    <details className="report-more">
      <summary>{guessed.title}</summary>
      <div className="scrolls" role="region" aria-label={guessed.title} tabIndex={0}>
        <table className="gauge-guesses">
          <thead>
            <tr>
              <th scope="col">{guessed.passage}</th>
              <th scope="col">{guessed.word}</th>
              {result.rows.map(({ model }) => (
                <th key={model} scope="col">
                  {title(model)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {guessRows(result).map(({ passage, expected, guesses }, i) => (
              <tr key={i}>
                <th scope="row">{passage}</th>
                <td>{expected}</td>
                {guesses.map(({ model, guess, right }) => (
                  <td key={model}>
                    <span aria-hidden="true">{right ? '✓ ' : '✗ '}</span>
                    <span className="visually-hidden">{right ? guessed.right : guessed.wrong}</span>
                    {guess}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Result() {
  const result = usePanels((state) => state.lastWord.result);
  const models = useEngine((state) => state.models);
  const title = useTitles();
  if (!result) return null;
  return (
    <Outcome
      sentence={lastWordSentence(result, title)}
      source={`${lastWordSource(result)}${whereText(result)}`}
      csv={() => lastWordCsv(result)}
      json={() => resultJson(result)}
    >
      <MeasureTable
        label={lastWord.table.label}
        plotted={{ name: lastWord.table.accuracy, small: lastWord.table.accuracyUnit }}
        columns={[
          { name: lastWord.table.perplexity, small: lastWord.table.perplexityUnit },
          { name: lastWord.table.items, small: '' },
        ]}
        {...lastWordTable(result, models)}
      />
      <Guesses result={result} />
    </Outcome>
  );
}

/** How often does a model know the last word of a passage? */
export function LastWordPanel({ models }: { models: readonly string[] }) {
  const form = usePanels((state) => state.lastWord.form);
  const asked = lastWordOptions(form, models);
  const errors = 'errors' in asked ? asked.errors : {};
  return (
    <Panel
      name="lastWord"
      title={lastWord.title}
      says={lastWord.says}
      run={lastWord.run}
      models={models}
      problem={errors.models ?? (Object.keys(errors).length > 0 ? panels.amiss : undefined)}
      result={<Result />}
    >
      <Items />
      <div className="gauge-fields">
        <Select
          field
          label={lastWord.ending}
          value={endingOf(form)}
          options={[
            { value: 'eos', label: lastWord.endings.eos },
            { value: 'full stop', label: lastWord.endings['full stop'] },
            { value: 'nothing', label: lastWord.endings.nothing },
          ]}
          hint={lastWord.endingHint}
          onChange={(ending) => {
            setPanelForm('lastWord', { ending });
          }}
        />
        <NumberField
          label={lastWord.count}
          value={form.count}
          error={errors.count}
          hint={lastWord.countHint}
          onChange={(count) => {
            setPanelForm('lastWord', { count });
          }}
        />
        <NumberField
          label={lastWord.draws}
          value={form.draws}
          error={errors.draws}
          hint={lastWord.drawsHint}
          onChange={(draws) => {
            setPanelForm('lastWord', { draws });
          }}
        />
        <NumberField
          label={lastWord.seed}
          value={form.seed}
          error={errors.seed}
          onChange={(seed) => {
            setPanelForm('lastWord', { seed });
          }}
        />
      </div>
    </Panel>
  );
}
