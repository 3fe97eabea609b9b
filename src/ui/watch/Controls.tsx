import './controls.css';
import { useId } from 'react';
import type { DiffusionSampler } from '../../trace/trace.ts';
import { run, stop } from '../actions/run.ts';
import { rollSeed, setModel, setSettings } from '../actions/settings.ts';
import { unpinAll } from '../actions/pin.ts';
import { Choice } from '../components/Choice.tsx';
import { SeedField } from '../components/SeedField.tsx';
import { PromptField } from '../components/PromptField.tsx';
import { Slider } from '../components/Slider.tsx';
import { controls as words } from '../messages/controls.ts';
import { titleOf } from '../race/name.ts';
import { beginnings, useEngine } from '../stores/engine.ts';
import { sameSettings, useWatch } from '../stores/watch.ts';
import { fixed, number } from '../../words/numbers.ts';
import { expectedPasses } from './sentence.ts';

/** Steps of the slider: every small number, then about four to an octave. */
const STEPS = [...new Set(Array.from({ length: 41 }, (_, i) => Math.round(2 ** (i / 4))))];

const nearestStep = (steps: number): number =>
  STEPS.reduce((best, value, i) => (Math.abs(value - steps) < Math.abs(STEPS[best] - steps) ? i : best), 0);

const LENGTHS = [8, 16, 32, 64, 128, 256, 512, 1024];
const COUNTS = [1, 2, 4, 8, 16];

const SAMPLERS = ['ancestral', 'first-hitting', 'confidence'] as const satisfies DiffusionSampler[];

function Steps() {
  const { steps, slots, sampler, prompt, pins } = useWatch((state) => state.settings);
  const id = useId();
  const none = sampler === 'first-hitting';
  const free = Math.max(1, slots - Object.keys(pins).length);
  const passes = none ? free : expectedPasses(steps, free);
  const about = prompt === '' ? words.steps.about : words.steps.atMost;
  return (
    <div>
      <Slider
        label={words.steps.label}
        min={0}
        max={STEPS.length - 1}
        step={1}
        value={nearestStep(steps)}
        shown={none ? words.steps.none : number(steps)}
        valueText={none ? words.steps.noneRead : words.steps.read(steps)}
        disabled={none}
        describedBy={id}
        onChange={(i) => {
          setSettings({ steps: STEPS[i] });
        }}
      />
      <div className="scale" aria-hidden="true">
        {[1, 4, 16, 64, 256, 1024].map((value) => (
          <span key={value} style={{ left: `${(100 * STEPS.indexOf(value)) / (STEPS.length - 1)}%` }}>
            {value}
          </span>
        ))}
      </div>
      <p className="hint" id={id}>
        {none ? words.steps.oneEach(passes) : about(passes)}
      </p>
    </div>
  );
}

const setSeed = (seed: number): void => {
  setSettings({ seed });
};

/** The models that can be chosen, and the lengths that they take. */
function useChoices() {
  const settings = useWatch((state) => state.settings);
  const models = useEngine((state) => state.models);
  const vocabularies = useEngine((state) => state.vocabularies);
  const usable = models.filter(({ kind }) => kind !== 'causal');
  const listed =
    usable.length === 0 ? [{ id: 'student', origin: 'bundled', title: '', length: 128 }] : usable;
  const slotsOf = (id: string, bos: boolean): number[] => {
    const length = listed.find((model) => model.id === id)?.length ?? 128;
    const longest = length - (bos ? beginnings(vocabularies[id]) : 0);
    return [...new Set(LENGTHS.map((slots) => Math.min(slots, longest)))];
  };
  const fit = (id: string, bos: boolean): number => Math.min(settings.slots, slotsOf(id, bos).at(-1) ?? 1);
  return { settings, models, listed, slotsOf, fit, hasBos: beginnings(vocabularies[settings.model]) === 1 };
}

function ModelAndLength() {
  const { settings, models, listed, slotsOf, fit } = useChoices();
  const lengths = slotsOf(settings.model, settings.bos);
  return (
    <>
      <Choice
        legend={words.model}
        value={settings.model}
        options={listed
          // The student first: it is the one that the page opens with.
          .toSorted((a, b) => Number(b.id === 'student') - Number(a.id === 'student'))
          .map((model) => ({
            value: model.id,
            label: titleOf(model.id, models),
          }))}
        onChange={(model) => {
          setModel(model, fit(model, settings.bos));
        }}
      />
      <Choice
        legend={words.length}
        value={settings.slots}
        // What a link asks for may lie between.
        options={(lengths.includes(settings.slots)
          ? lengths
          : [...lengths, settings.slots].toSorted((a, b) => a - b)
        ).map((value) => ({ value, label: number(value) }))}
        onChange={(slots) => {
          setSettings({ slots });
        }}
      />
    </>
  );
}

function Bos() {
  const { settings, fit, hasBos } = useChoices();
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={settings.bos && hasBos}
        disabled={!hasBos}
        onChange={(event) => {
          setSettings({ bos: event.target.checked, slots: fit(settings.model, event.target.checked) });
        }}
      />
      {hasBos ? words.bos : words.noBos}
    </label>
  );
}

/** What is pinned, with a way out. */
function Pins() {
  const count = useWatch((state) => Object.keys(state.settings.pins).length);
  if (count === 0) return null;
  return (
    <p className="hint pins">
      {words.pins(count)}{' '}
      <button
        type="button"
        className="small"
        onClick={(event) => {
          // It is gone in a moment; the button that runs stays.
          event.currentTarget.form?.querySelector<HTMLElement>('[type=submit]')?.focus();
          unpinAll();
        }}
      >
        {words.unpinAll}
      </button>
    </p>
  );
}

/** What the next run is asked for. */
export function Controls() {
  const settings = useWatch((state) => state.settings);
  const status = useWatch((state) => state.status);
  const asked = useWatch((state) => state.asked);
  const shown = useWatch((state) => state.run?.settings);
  const busy = status === 'running' || status === 'loading';
  // What is under way may not have reached the canvas; what failed never does.
  const compared = busy ? (asked ?? shown) : shown;
  const changed = compared === undefined || !sameSettings(compared, settings);
  return (
    <form
      className="card controls"
      aria-label={words.title}
      onSubmit={(event) => {
        event.preventDefault();
        if (busy && !changed) stop();
        else void run();
      }}
    >
      <h2>{words.title}</h2>
      <ModelAndLength />
      <div>
        <Choice
          legend={words.sampler}
          value={settings.sampler}
          options={SAMPLERS.map((value) => ({ value, label: words.samplers[value].label }))}
          onChange={(sampler) => {
            setSettings({ sampler });
          }}
        />
        <p className="hint says">{words.samplers[settings.sampler].says}</p>
      </div>
      <Steps />
      <PromptField
        prompt={settings.prompt}
        begins={words.modelBegins}
        onPrompt={(prompt) => {
          setSettings({ prompt });
        }}
      />
      <Pins />
      <SeedField seed={settings.seed} onSeed={setSeed} onRoll={rollSeed} />
      <details className="more">
        <summary>{words.more}</summary>
        <div>
          <div className="pair">
            <Slider
              label={words.temperature}
              min={0.1}
              max={2}
              step={0.05}
              value={settings.temperature}
              shown={fixed(settings.temperature, 2)}
              onChange={(temperature) => {
                setSettings({ temperature });
              }}
            />
            <Slider
              label={words.topP}
              min={0.05}
              max={1}
              step={0.01}
              value={settings.topP}
              shown={fixed(settings.topP, 2)}
              onChange={(topP) => {
                setSettings({ topP });
              }}
            />
          </div>
          <Choice
            legend={words.count}
            value={settings.count}
            options={(COUNTS.includes(settings.count)
              ? COUNTS
              : [...COUNTS, settings.count].toSorted((a, b) => a - b)
            ).map((value) => ({ value, label: String(value) }))}
            onChange={(count) => {
              setSettings({ count });
            }}
          />
          <Bos />
        </div>
      </details>
      <div className="submit">
        <button type="submit" className="primary wide">
          {busy && !changed ? words.stop : words.run}
        </button>
        <p className="hint">
          {shown === undefined && !busy
            ? words.state.nothing
            : changed
              ? words.state.changed
              : busy
                ? words.state.busy
                : words.state.shown}
        </p>
      </div>
    </form>
  );
}
