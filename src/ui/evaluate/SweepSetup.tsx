import './setup.css';
import { useId } from 'react';
import type { ModelInfo } from '../../worker/protocol.ts';
import {
  askedEvaluation,
  runEvaluation,
  runLast,
  sameEvaluation,
  stopEvaluation,
} from '../actions/evaluate-run.ts';
import { choosePreset, setEvaluateForm, toggleModel, toggleSteps } from '../actions/evaluate-setup.ts';
import { Choice } from '../components/Choice.tsx';
import { PromptField } from '../components/PromptField.tsx';
import { SeedField } from '../components/SeedField.tsx';
import { Slider } from '../components/Slider.tsx';
import { ViewLink } from '../components/ViewLink.tsx';
import { NumberField, TextField } from '../distill/Field.tsx';
import { sweep } from '../messages/evaluate/sweep.ts';
import { Rich } from '../messages/Rich.tsx';
import { kindText } from '../models/words.ts';
import { kindOf, titleOf } from '../race/name.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { inOrder, useEvaluate } from '../stores/evaluate.ts';
import { fixed, number } from '../../words/numbers.ts';
import { chosenModels, longestSlots, planOf, STEP_CHIPS, type EvaluateErrors } from './form.ts';
import { RunButton } from './RunButton.tsx';
import { JudgeField } from './JudgeField.tsx';
import { isChosen, presetsOf, type EvaluatePreset } from './presets.ts';
import { hasBegun, lastText } from './words.ts';

const { fields, presets, setup } = sweep;

/** Where models come from, in the order in which they are listed. */
const ORIGINS: readonly ModelInfo['origin'][] = ['bundled', 'distilled', 'hub', 'file'];

/** A set of models and steps that asks a question. */
function PresetCard({ preset, chosen }: { preset: EvaluatePreset; chosen: boolean }) {
  const { label, says, models, missing } = preset;
  const id = useId();
  const none = models.length === 0;
  return (
    <li className="preset" data-chosen={chosen}>
      <button
        type="button"
        aria-pressed={chosen}
        aria-disabled={none}
        aria-describedby={id}
        onClick={() => {
          if (!none) choosePreset(preset);
        }}
      >
        {label}
      </button>
      <p id={id} className="hint">
        {says}
      </p>
      {missing.length > 0 && (
        <div className="hint preset-missing">
          <Rich
            text={none ? presets.none : presets.some(models.length, missing.length)}
            parts={{ models: (words) => <ViewLink view="models">{words}</ViewLink> }}
          />
          <details>
            <summary>{presets.which}</summary>
            {presets.missing(missing)}
          </details>
        </div>
      )}
    </li>
  );
}

function Presets() {
  const models = useEngine((state) => state.models);
  const asked = useEvaluate();
  return (
    <ul role="list" className="presets" aria-label={presets.label}>
      {presetsOf(models).map((preset) => (
        <PresetCard key={preset.id} preset={preset} chosen={isChosen(preset, asked, models)} />
      ))}
    </ul>
  );
}

/** Something that can be chosen with others. */
function Chip({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: React.ReactNode;
}) {
  return (
    <label className="sweep-chip">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>{children}</span>
    </label>
  );
}

/** All models that are known, by where they come from. */
function ModelsField({ error }: { error: string | undefined }) {
  const models = useEngine((state) => state.models);
  const chosen = useEvaluate((state) => state.models);
  const origins = ORIGINS.filter((origin) => models.some((model) => model.origin === origin));
  return (
    <div className="sweep-models">
      {origins.map((origin) => (
        <fieldset key={origin} className="chips">
          <legend>{sweep.origins[origin]}</legend>
          {inOrder(models.filter((model) => model.origin === origin)).map((model) => (
            <Chip
              key={model.id}
              checked={chosen.includes(model.id)}
              onChange={(checked) => {
                toggleModel(model.id, checked);
              }}
            >
              {titleOf(model.id, models)}
              <small>{kindText(model)}</small>
            </Chip>
          ))}
        </fieldset>
      ))}
      {error !== undefined && <p className="hint field-error">{error}</p>}
    </div>
  );
}

function StepsField({ error }: { error: string | undefined }) {
  const steps = useEvaluate((state) => state.steps);
  const other = useEvaluate((state) => state.form.otherSteps);
  return (
    <div className="sweep-steps">
      <fieldset className="chips">
        <legend>{fields.steps}</legend>
        {STEP_CHIPS.map((count) => (
          <Chip
            key={count}
            checked={steps.includes(count)}
            onChange={(checked) => {
              toggleSteps(count, checked);
            }}
          >
            {number(count)}
          </Chip>
        ))}
      </fieldset>
      <TextField
        label={fields.otherSteps}
        value={other}
        error={error}
        hint={fields.otherStepsHint}
        onChange={(otherSteps) => {
          setEvaluateForm({ otherSteps });
        }}
      />
    </div>
  );
}

/** What most visitors never change. */
function More() {
  const { sampler, temperature, topP, seed } = useEvaluate((state) => state.form);
  const setSeed = (value: number): void => {
    setEvaluateForm({ seed: value });
  };
  return (
    <details className="sweep-more">
      <summary>{fields.more}</summary>
      <div className="sweep-fields">
        <Choice
          legend={fields.sampler}
          value={sampler}
          options={[
            { value: 'ancestral', label: fields.samplers.ancestral },
            { value: 'confidence', label: fields.samplers.confidence },
          ]}
          onChange={(value) => {
            setEvaluateForm({ sampler: value });
          }}
        />
        <Slider
          label={fields.temperature}
          {...{ min: 0.1, max: 2, step: 0.05, value: temperature, shown: fixed(temperature, 2) }}
          onChange={(value) => {
            setEvaluateForm({ temperature: value });
          }}
        />
        <Slider
          label={fields.topP}
          {...{ min: 0.05, max: 1, step: 0.01, value: topP, shown: fixed(topP, 2) }}
          onChange={(value) => {
            setEvaluateForm({ topP: value });
          }}
        />
        <SeedField
          seed={seed}
          onSeed={setSeed}
          onRoll={() => {
            setSeed(crypto.getRandomValues(new Uint32Array(1))[0]);
            void runEvaluation();
          }}
        />
      </div>
    </details>
  );
}

/** How texts are written and judged. */
function Fields({ errors }: { errors: EvaluateErrors }) {
  const form = useEvaluate((state) => state.form);
  const ids = useEvaluate((state) => state.models);
  const models = useEngine((state) => state.models);
  const vocabularies = useEngine((state) => state.vocabularies);
  const chosen = chosenModels(ids, { models });
  const given = chosen.some(({ id }) => beginnings(vocabularies[id]) === 1) ? 1 : 0;
  const longest = longestSlots(chosen, given);
  return (
    <div className="sweep-fields">
      <NumberField
        label={fields.count}
        value={form.count}
        error={errors.count}
        hint={fields.countHint}
        onChange={(count) => {
          setEvaluateForm({ count });
        }}
      />
      <NumberField
        label={fields.slots}
        value={form.slots}
        error={errors.slots}
        hint={longest === undefined ? '' : fields.longest(longest)}
        onChange={(slots) => {
          setEvaluateForm({ slots });
        }}
      />
      <PromptField
        prompt={form.prompt}
        begins={fields.begins}
        onPrompt={(prompt) => {
          setEvaluateForm({ prompt });
        }}
      />
      <JudgeField
        value={form.judge}
        models={models}
        onChange={(judge) => {
          setEvaluateForm({ judge });
        }}
      />
    </div>
  );
}

/** What was broken off when the page was left. */
function LastOne() {
  const models = useEngine((state) => state.models);
  const last = useEvaluate((state) => state.last);
  const id = useId();
  if (!last) return null;
  const titles = chosenModels(last.models, { models }).map((model) => titleOf(model.id, models));
  return (
    <div className="sweep-submit">
      <button type="button" aria-describedby={id} onClick={() => void runLast()}>
        {setup.last.goOn}
      </button>
      <p id={id} className="hint">
        {lastText(last, titles)}
      </p>
    </div>
  );
}

/** What is measured, and the button that measures it. */
export function SweepSetup() {
  const models = useEngine((state) => state.models);
  const ready = useEngine((state) => state.ready !== undefined && state.models.length > 0);
  // What can be asked depends on the models, and on the vocabularies of those that were used.
  useEngine((state) => state.vocabularies);
  const { task, asked: before, shown } = useEvaluate();
  const asked = askedEvaluation();
  const errors = 'errors' in asked ? asked.errors : {};
  const running = task.state === 'running';
  const wrong = Object.values(errors).at(0);
  const goesOn =
    'options' in asked &&
    (task.state === 'stopped' || task.state === 'failed') &&
    hasBegun(shown) &&
    sameEvaluation(before, asked.options);
  const plan = 'options' in asked && planOf(asked.options, (id) => kindOf(id, models));
  return (
    <form
      className="card sweep-setup"
      aria-labelledby="sweep-title"
      onSubmit={(event) => {
        event.preventDefault();
        // Enter in a field does not break a sweep off: only the button does.
        if (running) return;
        if (wrong === undefined && ready) void runEvaluation();
        else event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      }}
    >
      <h2 id="sweep-title">{setup.title}</h2>
      <LastOne />
      <Presets />
      <ModelsField error={errors.models} />
      <StepsField error={errors.steps} />
      <Fields errors={errors} />
      <More />
      <div className="sweep-submit">
        <RunButton
          run={goesOn ? setup.goOn : setup.measure}
          running={running}
          barred={wrong !== undefined || !ready}
          onCancel={stopEvaluation}
        />
        <p className="hint">
          {!ready
            ? setup.starting
            : wrong !== undefined
              ? wrong
              : plan && 'options' in asked
                ? setup.plan(plan.points, asked.options.count ?? 0, plan.texts, plan.passes)
                : ''}
        </p>
      </div>
    </form>
  );
}
