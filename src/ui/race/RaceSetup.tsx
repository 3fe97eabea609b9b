import type { CSSProperties } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { runRace, stopRace } from '../actions/run-race.ts';
import { rollRaceSeed, setPreset, setRaceSettings } from '../actions/race-settings.ts';
import { Choice } from '../components/Choice.tsx';
import { SeedField } from '../components/SeedField.tsx';
import { Select } from '../components/Select.tsx';
import { PromptField } from '../components/PromptField.tsx';
import { Slider } from '../components/Slider.tsx';
import { controls } from '../messages/controls.ts';
import { raceSetup } from '../messages/race.ts';
import { watch } from '../messages/watch.ts';
import { beginnings, onCpu, useEngine } from '../stores/engine.ts';
import { useRace } from '../stores/race.ts';
import { Looks } from '../watch/Legend.tsx';
import { fixed, number } from '../../words/numbers.ts';
import { titleOf } from './name.ts';
import { presetsOf, type PresetId } from './presets.ts';
import { progressShare } from './sentence.ts';
import { setupOf } from './setup.ts';

const LENGTHS = [8, 16, 32, 64, 128, 256, 512, 1024];

const { masked, given } = watch.looks;
const LOOKS = { masked, new: raceSetup.newInPass, earlier: raceSetup.earlier };

const setSeed = (seed: number): void => {
  setRaceSettings({ seed });
};

/** Which race, and for the dial of step budgets whose. */
function Presets() {
  const { preset, lanes } = useRace((state) => state.settings);
  const models = useEngine((state) => state.models);
  const vocabularies = useEngine((state) => state.vocabularies);
  const dial = lanes[0].model;
  const presets = presetsOf(models, vocabularies, dial);
  const chosen = presets.find(({ id }) => id === preset);
  const options: { value: PresetId | 'own'; label: string }[] = [
    ...presets.map(({ id, label }) => ({ value: id, label })),
    ...(chosen ? [] : [{ value: preset, label: raceSetup.own }]),
  ];
  return (
    <>
      <div className="race-presets">
        <Select
          label={raceSetup.race}
          options={options}
          value={preset}
          onChange={(id) => {
            if (id !== 'own') setPreset(id);
          }}
        />
        {preset === 'budgets' && (
          <Select
            label={raceSetup.ofThe}
            options={models
              .filter(({ kind }) => kind !== 'causal')
              .map(({ id }) => ({ value: id, label: titleOf(id, models) }))}
            value={dial}
            onChange={(id) => {
              setPreset('budgets', id);
            }}
          />
        )}
      </div>
      <p className="hint race-says">{chosen?.says ?? raceSetup.ownSays}</p>
    </>
  );
}

/** What all lanes are asked for alike. */
function Terms() {
  const { slots, seed, temperature, topP, prompt, lanes } = useRace((state) => state.settings);
  const models = useEngine((state) => state.models);
  const vocabularies = useEngine((state) => state.vocabularies);
  const longest = Math.min(
    ...lanes.map(
      ({ model }) =>
        (models.find((info) => info.id === model)?.length ?? 128) - beginnings(vocabularies[model]),
    ),
  );
  const lengths = [...new Set([...LENGTHS.map((length) => Math.min(length, longest)), slots])];
  return (
    <details className="race-terms">
      <summary>{raceSetup.terms}</summary>
      <div>
        <Choice
          legend={controls.length}
          value={slots}
          options={lengths.toSorted((a, b) => a - b).map((value) => ({ value, label: number(value) }))}
          onChange={(value) => {
            setRaceSettings({ slots: value });
          }}
        />
        <PromptField
          prompt={prompt}
          begins={raceSetup.modelsBegin}
          onPrompt={(given) => {
            setRaceSettings({ prompt: given });
          }}
        />
        <SeedField seed={seed} onSeed={setSeed} onRoll={rollRaceSeed} />
        <Slider
          label={controls.temperature}
          min={0.1}
          max={2}
          step={0.05}
          value={temperature}
          shown={fixed(temperature, 2)}
          onChange={(value) => {
            setRaceSettings({ temperature: value });
          }}
        />
        <Slider
          label={controls.topP}
          min={0.05}
          max={1}
          step={0.01}
          value={topP}
          shown={fixed(topP, 2)}
          onChange={(value) => {
            setRaceSettings({ topP: value });
          }}
        />
      </div>
    </details>
  );
}

/** Which race is run, with a button that does. */
export function RaceSetup() {
  const cpu = useEngine(({ ready }) => onCpu(ready));
  const { cancels, runs, says } = useRace(useShallow((state) => setupOf(state, cpu)));
  const running = useRace(({ status }) => status === 'running');
  const prompted = useRace(({ race, settings }) => (race?.settings ?? settings).prompt !== '');
  const share = useRace((state) =>
    state.status === 'running' ? progressShare(state.progress, state.asked?.lanes.length ?? 0) : 0,
  );
  return (
    <form
      className="card race-setup"
      aria-label={raceSetup.label}
      onSubmit={(event) => {
        event.preventDefault();
        if (runs) void runRace();
        else stopRace();
      }}
    >
      <Presets />
      <p className="hint race-state">{says}</p>
      <div className="race-submit">
        {cancels && runs && (
          <button type="button" onClick={stopRace}>
            {raceSetup.cancel}
          </button>
        )}
        {/* The same button throughout, so that whoever pressed it keeps the focus. */}
        <button type="submit" className={runs ? 'primary' : ''}>
          {runs ? raceSetup.run : raceSetup.cancel}
        </button>
      </div>
      <Terms />
      <Looks looks={prompted ? { ...LOOKS, given } : LOOKS} />
      <div
        className="progress-line card-progress"
        data-busy={running}
        style={{ '--done': share } as CSSProperties}
      />
    </form>
  );
}
